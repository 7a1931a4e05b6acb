using System;
using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Svm.Tests;

public sealed unsafe class VmcbCheckerTests : IDisposable
{
    private readonly SvmFixture _svm = new();

    public void Dispose() => _svm.Dispose();

    [Fact]
    public void TheStateAfterResetIsAllowedOnceItHasAnAsid()
    {
        var vmcb = *_svm.State.Vmcb;
        VmcbChecker.FindBrokenRule(vmcb).Should().Be("the ASID is 0");
        vmcb.Control.Asid = 1;
        VmcbChecker.FindBrokenRule(vmcb).Should().BeNull();
    }

    public static TheoryData<string> Rules =>
    [
        "EFER.SVME", "EFER has", "CR0.NW", "CR0 has", "CR4 has", "DR6", "DR7", "CR3", "CR4.PAE", "CR0.PE", "CS.L", "G_PAT", "VMRUN", "MSR permission",
        "I/O permission", "N_CR3", "reserved type", "a vector that is none",
    ];

    [Theory, MemberData(nameof(Rules))]
    public void EachBrokenRuleIsNamed(string rule)
    {
        var vmcb = *_svm.State.Vmcb;
        vmcb.Control.Asid = 1;
        Break(rule, ref vmcb);
        VmcbChecker.FindBrokenRule(vmcb).Should().Contain(rule);
    }

    private static void Break(string rule, ref Vmcb vmcb)
    {
        ref var state = ref vmcb.State;
        ref var control = ref vmcb.Control;
        var longMode = Efer.LongModeEnable | Efer.SecureVirtualMachineEnable;
        switch (rule)
        {
            case "EFER.SVME": state.Efer = 0; break;
            case "EFER has": state.Efer |= (Efer)(1UL << 63); break;
            case "CR0.NW": state.Cr0 = Cr0.NotWriteThrough; break;
            case "CR0 has": state.Cr0 |= (Cr0)(1UL << 32); break;
            case "CR4 has": state.Cr4 = Cr4.VmxEnable; break;
            case "DR6": state.Dr6 |= 1UL << 32; break;
            case "DR7": state.Dr7 |= 1UL << 63; break;
            case "CR3": (state.Efer, state.Cr0, state.Cr3) = (longMode, Cr0.Paging | Cr0.ProtectionEnable, 1UL << 52); break;
            case "CR4.PAE": (state.Efer, state.Cr0) = (longMode, Cr0.Paging | Cr0.ProtectionEnable); break;
            case "CR0.PE": (state.Efer, state.Cr0, state.Cr4) = (longMode, Cr0.Paging, Cr4.PhysicalAddressExtension); break;
            case "CS.L":
                (state.Efer, state.Cr0, state.Cr4) = (longMode, Cr0.Paging | Cr0.ProtectionEnable, Cr4.PhysicalAddressExtension);
                state.Cs.Attributes |= SegmentAttributes.Long | SegmentAttributes.Default32;
                break;
            case "G_PAT": state.Pat = 0x02; break;
            case "VMRUN": control.SvmIntercepts &= ~SvmIntercepts.Vmrun; break;
            case "MSR permission": control.MsrPermissionMap = 1UL << 52; break;
            case "I/O permission": control.IoPermissionMap = 1UL << 52; break;
            case "N_CR3": control.NestedCr3 |= 1; break;
            case "reserved type": control.InjectedEvent.Value = 1UL << 31 | 1 << 8; break;
            case "a vector that is none": control.InjectedEvent = EventInjection.From(VcpuEvent.Exception(ExceptionVector.NonMaskableInterrupt)); break;
            default: throw new SwitchExpressionException(rule);
        }
    }
}
