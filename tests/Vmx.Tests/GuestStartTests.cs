using System;
using System.Linq;
using Lamina.Core;
using Lamina.Core.Tests.Loading;
using Lamina.Testing;

namespace Lamina.Vmx.Tests;

/// <summary>How guests start: every state that Core leaves a vCPU in is one that an entry takes; and on a CPU without unrestricted guest, one that it can run.</summary>
public sealed class GuestStartTests : IDisposable
{
    private const ulong LongModeTables = 0x5000;

    private readonly TestMemory _memory = new(16 << 20);
    private VmxFixture _vmx = new();

    public void Dispose()
    {
        _vmx.Dispose();
        _memory.Dispose();
    }

    private VmxVcpuState State => _vmx.State;

    private void UseCpu(bool unrestrictedGuest)
    {
        _vmx.Dispose();
        _vmx = new VmxFixture(VmxFixture.CreateCpu(unrestrictedGuest ? 0 : SecondaryControls.UnrestrictedGuest));
    }

    private void Load(BootProtocol protocol)
    {
        byte[] kernel = protocol switch
        {
            BootProtocol.Linux => TestKernels.BzImage(),
            BootProtocol.Pvh => TestKernels.PvhElf64(),
            _ => TestKernels.MultibootElf32(),
        };
        GuestLoader.Load(protocol, new TestFiles(kernel), _memory.Guest, 0xE_0000, State).Should().Be(LoadResult.Loaded);
    }

    [Fact]
    public void AfterResetNoRuleIsBroken()
    {
        State.BeforeEntry().Should().BeTrue();
        _vmx.FindBrokenRule().Should().BeNull();
        _vmx.Vmcs.ReadUnwritten.Should().BeEmpty("a new VMCS holds what it will");
    }

    [Theory]
    [InlineData(BootProtocol.Linux, true)]
    [InlineData(BootProtocol.Linux, false)]
    [InlineData(BootProtocol.Pvh, true)]
    [InlineData(BootProtocol.Multiboot, true)]
    public void AsTheLoadersLeaveItNoRuleIsBroken(BootProtocol protocol, bool unrestrictedGuest)
    {
        UseCpu(unrestrictedGuest);
        Load(protocol);
        State.BeforeEntry().Should().BeTrue();
        _vmx.FindBrokenRule().Should().BeNull();
        State.FindEntryFailure(out _).Should().BeNull();
    }

    [Fact]
    public void AfterAStartUpMessageNoRuleIsBroken()
    {
        _vmx.Vcpu.Reset();
        _vmx.Vcpu.Activity = VcpuActivity.WaitingForStartup;
        _vmx.Vcpu.Startup(0x9A);
        _vmx.Vcpu.DeliverEvents();
        State.BeforeEntry().Should().BeTrue();
        State.GetSegment(SegmentName.Cs).Base.Should().Be(0x9_A000);
        _vmx.FindBrokenRule().Should().BeNull();
    }

    /// <summary>The CPU would have PE and PG set whatever the guest believes, and run other code than the guest's.</summary>
    [Theory]
    [InlineData((BootProtocol)0)]
    [InlineData(BootProtocol.Pvh)]
    [InlineData(BootProtocol.Multiboot)]
    public void WithoutUnrestrictedGuestThereIsNoRealModeAndNoModeWithoutPaging(BootProtocol protocol)
    {
        UseCpu(unrestrictedGuest: false);
        if (protocol != 0) Load(protocol);
        State.BeforeEntry().Should().BeFalse();
        State.BeforeEntry().Should().BeFalse("it stays so");
        _vmx.Vmcs.Invalidations.Should().BeEmpty();
        State.FindEntryFailure(out string subject).Should().Contain("without unrestricted guest").And.Contain("protected mode with paging");
        subject.Should().BeEmpty();
    }

    [Theory]
    [InlineData(Cr0.ProtectionEnable)]
    [InlineData((Cr0)0)]
    public void WithoutUnrestrictedGuestAGuestThatLeavesPagingIsNotEnteredAgain(Cr0 value)
    {
        UseCpu(unrestrictedGuest: false);
        Load(BootProtocol.Linux);
        State.BeforeEntry().Should().BeTrue();
        (~_vmx.Vmcs.Read(VmcsFieldNatural.Cr0Mask) & (ulong)(Cr0.ProtectionEnable | Cr0.Paging)).Should().Be(0, "a write that clears them exits");

        // Compatibility mode: 64-bit code cannot clear PG.
        var code = State.GetSegment(SegmentName.Cs);
        code.Attributes &= ~SegmentAttributes.Long;
        State.SetSegment(SegmentName.Cs, code);
        WriteCr0(value).Should().Be(value | Cr0.ExtensionType);
        State.BeforeEntry().Should().BeFalse();
        State.FindEntryFailure(out _).Should().Contain("without unrestricted guest");
    }

    /// <summary>From protected mode into long mode, with CR0 written as a kernel that wants NE writes it: that exits.</summary>
    [Fact]
    public void IntoLongModeAndOutOfItNoRuleIsBroken()
    {
        Load(BootProtocol.Pvh);
        State.Cr3 = LongModeTables;
        State.Cr4 = Cr4.PhysicalAddressExtension;
        State.Efer = Efer.LongModeEnable;
        WriteCr0(Cr0.ProtectionEnable | Cr0.Paging | Cr0.NumericError);
        State.Efer.Should().Be(Efer.LongModeEnable | Efer.LongModeActive);
        State.BeforeEntry().Should().BeTrue();
        _vmx.FindBrokenRule().Should().BeNull();

        WriteCr0(Cr0.ProtectionEnable | Cr0.NumericError);
        State.Efer.Should().Be(Efer.LongModeEnable);
        State.BeforeEntry().Should().BeTrue();
        _vmx.FindBrokenRule().Should().BeNull();
    }

    /// <summary>PAE's root entries are in the VMCS: those of the guest's table when paging begins.</summary>
    [Fact]
    public void IntoPaeNoRuleIsBroken()
    {
        Load(BootProtocol.Pvh);
        ulong[] entries = [0x1000 | 1, 0, 0x3000 | 1, 0x4000 | 1];
        for (uint i = 0; i < entries.Length; i++) _vmx.Vcpu.Machine.Memory.TryWrite(LongModeTables + i * 8, entries[i]).Should().BeTrue();
        State.Cr3 = LongModeTables;
        State.Cr4 = Cr4.PhysicalAddressExtension;
        WriteCr0(Cr0.ProtectionEnable | Cr0.Paging | Cr0.NumericError);
        State.BeforeEntry().Should().BeTrue();
        VmcsField64[] fields = [VmcsField64.GuestPdpte0, VmcsField64.GuestPdpte1, VmcsField64.GuestPdpte2, VmcsField64.GuestPdpte3];
        fields.Select(_vmx.Vmcs.Read).Should().Equal(entries);
        _vmx.FindBrokenRule().Should().BeNull();
    }

    /// <summary>MOV CR0, EAX, which exits; CR0 as the guest sees it then.</summary>
    private Cr0 WriteCr0(Cr0 value)
    {
        State.Registers.Rax = (ulong)value;
        ulong next = State.Rip + 3;
        _vmx.Handle(new VmExit { Kind = VmExitKind.WriteControlRegister, ControlRegister = 0, GeneralRegister = 0, InstructionLength = 3 });
        State.Rip.Should().Be(next, "the write is not refused");
        return State.Cr0;
    }
}
