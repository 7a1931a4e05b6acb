using System;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Vmx.Tests;

/// <summary>What hardware does for a local APIC, and what of it the VMCS says, from entry to exit.</summary>
public sealed class ApicTests : IDisposable
{
    private const SecondaryControls VirtualX2Apic =
        SecondaryControls.VirtualizeX2Apic | SecondaryControls.ApicRegisterVirtualization | SecondaryControls.VirtualInterruptDelivery;
    private const ApicBase Page = (ApicBase)LocalApic.DefaultAddress;

    private static readonly VmcsField64[] EndOfInterruptBitmaps =
        [VmcsField64.EoiExitBitmap0, VmcsField64.EoiExitBitmap1, VmcsField64.EoiExitBitmap2, VmcsField64.EoiExitBitmap3];

    private readonly VmxFixture _vmx = new();

    public ApicTests() => SetSpuriousVector(_vmx.Vcpu.Apic, enable: true);

    public void Dispose() => _vmx.Dispose();

    private LocalApic Apic => _vmx.Vcpu.Apic;

    private FakeVmcs Vmcs => _vmx.Vmcs;

    private static void SetSpuriousVector(LocalApic apic, bool enable) => Write(apic, LocalApicRegister.SpuriousVector, enable ? 0x1FFu : 0xFF);

    private static void Write(LocalApic apic, LocalApicRegister register, uint value) => apic.WriteMemory((ulong)register << 4, 4, value);

    private static void Accept(LocalApic apic, byte vector, bool level = false) =>
        apic.Accept(new InterruptMessage(vector, DeliveryMode.Fixed, 0, false, level));

    private static ulong[] EndOfInterruptExits(LocalApic apic) => [.. Enumerable.Range(0, EndOfInterruptBitmaps.Length).Select(apic.EndOfInterruptExits)];

    private static void Enter(VmxFixture vmx)
    {
        vmx.State.BeforeEntry().Should().BeTrue();
        vmx.FindBrokenRule().Should().BeNull();
    }

    /// <summary>An exit before which hardware, if it delivers, left a guest interrupt status.</summary>
    private static void Exit(VmxFixture vmx, ushort status)
    {
        if (vmx.State.DeliversInterrupts) vmx.Vmcs.Write(VmcsField16.GuestInterruptStatus, status);
        vmx.TakeExit(VmxFixture.Exit(VmxExitReason.Cpuid));
    }

    /// <summary>The fields that an entry writes, of those given.</summary>
    private uint[] WrittenByEntry(params uint[] fields)
    {
        Vmcs.Written.Clear();
        Enter(_vmx);
        uint[] written = [.. Vmcs.Written.Where(fields.Contains)];
        _vmx.TakeExit(VmxFixture.Exit(VmxExitReason.Cpuid));
        return written;
    }

    /// <summary>
    /// Whatever becomes of an APIC. Where the bitmap for x2APIC mode is in force without its virtualization, the guest has the host's own APIC.
    /// </summary>
    [Theory]
    [InlineData((SecondaryControls)0, (PrimaryControls)0)]
    [InlineData(SecondaryControls.VirtualInterruptDelivery, (PrimaryControls)0)]
    [InlineData(SecondaryControls.VirtualizeX2Apic, (PrimaryControls)0)]
    [InlineData(SecondaryControls.ApicRegisterVirtualization, (PrimaryControls)0)]
    [InlineData((SecondaryControls)0, PrimaryControls.UseTprShadow)]
    public void TheVmcsFollowsTheApic(SecondaryControls missing, PrimaryControls missingPrimary)
    {
        bool canDeliver = missingPrimary == 0 && (missing & SecondaryControls.VirtualInterruptDelivery) == 0;
        bool canVirtualizeX2Apic = missingPrimary == 0 && (missing & VirtualX2Apic) == 0;
        var step = from kind in Gen.Choose(0, 12) from value in Gen.Choose(0, ushort.MaxValue) select (kind, (ushort)value);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            using var vmx = new VmxFixture(VmxFixture.CreateCpu(missing, missingPrimary));
            // Not the boot processor, whose INIT is the VM's reset.
            var vcpu = new VirtualCpu(vmx.Vcpu.Machine, 1, vmx.State);
            vcpu.Reset();
            var (state, apic, vmcs) = (vmx.State, vcpu.Apic, vmx.Vmcs);
            bool stateKnowsApic = true;
            foreach (var (kind, value) in steps)
            {
                switch (kind)
                {
                    case 0: stateKnowsApic |= apic.TrySetBase(Page); break;
                    case 1: stateKnowsApic |= apic.TrySetBase(Page | ApicBase.Enabled); break;
                    case 2: stateKnowsApic |= apic.TrySetBase(Page | ApicBase.Enabled | ApicBase.X2Apic); break;
                    case 3 or 4 or 5:
                        SetSpuriousVector(apic, enable: kind != 3);
                        stateKnowsApic = true;
                        break;
                    case 6:
                        state.Reset();
                        stateKnowsApic = false;
                        break;
                    case 7:
                        vcpu.Initialize();
                        vcpu.Startup(8);
                        stateKnowsApic = true;
                        break;
                    case 8:
                        vcpu.Reset();
                        stateKnowsApic = true;
                        break;
                    case 9: Write(apic, LocalApicRegister.TaskPriority, (byte)value); break;
                    case 10: Write(apic, LocalApicRegister.EndOfInterrupt, 0); break;
                    default: Accept(apic, (byte)value, level: value > short.MaxValue); break;
                }

                bool delivers = canDeliver && stateKnowsApic && apic.IsEnabled && apic.IsSoftwareEnabled;
                bool virtualizesX2Apic = delivers && canVirtualizeX2Apic && apic.IsX2Apic;
                var controls = (SecondaryControls)vmcs.Read(VmcsField32.SecondaryControls);
                state.DeliversInterrupts.Should().Be(delivers);
                controls.HasFlag(SecondaryControls.VirtualInterruptDelivery).Should().Be(delivers, "else both deliver, or none");
                controls.HasFlag(VirtualX2Apic).Should().Be(virtualizesX2Apic);
                vmcs.Read(VmcsField64.MsrBitmap).Should().Be(virtualizesX2Apic ? vmx.Maps.X2ApicMsr : vmx.Maps.Msr);

                Enter(vmx);
                if (delivers)
                {
                    vmcs.Read(VmcsField16.GuestInterruptStatus).Should().Be(apic.InterruptStatus);
                    EndOfInterruptBitmaps.Select(vmcs.Read).Should().Equal(EndOfInterruptExits(apic));
                }
                else if (missingPrimary == 0) vmcs.Read(VmcsField32.TprThreshold).Should().Be(apic.TaskPriorityThreshold);
                ushort status = delivers ? value : apic.InterruptStatus;
                Exit(vmx, value);
                apic.InterruptStatus.Should().Be(status, "hardware alone changes it, and only while it delivers");
            }
            if (missingPrimary != 0) vmcs.Written.Should().NotContain((uint)VmcsField32.TprThreshold).And.NotContain((uint)VmcsField64.VirtualApicAddress);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void AnX2ApicsRegistersAreVirtualizedOnceItIsEnabled()
    {
        Apic.TrySetBase(Page | ApicBase.Enabled | ApicBase.X2Apic).Should().BeTrue();
        ((SecondaryControls)Vmcs.Read(VmcsField32.SecondaryControls)).Should().HaveFlag(VirtualX2Apic);
        Vmcs.Read(VmcsField64.MsrBitmap).Should().Be(_vmx.Maps.X2ApicMsr);
        SetSpuriousVector(Apic, enable: false);
        ((SecondaryControls)Vmcs.Read(VmcsField32.SecondaryControls)).Should().Be(_vmx.Features.SecondaryControls);
        Vmcs.Read(VmcsField64.MsrBitmap).Should().Be(_vmx.Maps.Msr);
    }

    [Fact]
    public void TheInterruptStatusGoesToHardwareAndBack()
    {
        Accept(Apic, 0x40);
        Enter(_vmx);
        Vmcs.Read(VmcsField16.GuestInterruptStatus).Should().Be(0x0040);
        Exit(_vmx, 0x4000);
        Apic.InterruptStatus.Should().Be(0x4000, "it took the interrupt into service");
        WrittenByEntry((uint)VmcsField16.GuestInterruptStatus).Should().BeEmpty("hardware knows");
        Accept(Apic, 0x51);
        Enter(_vmx);
        Vmcs.Read(VmcsField16.GuestInterruptStatus).Should().Be(0x4051);
    }

    [Fact]
    public void EndOfInterruptExitsAreWrittenWhenTriggerModesChanged()
    {
        uint[] bitmaps = [.. EndOfInterruptBitmaps.Select(field => (uint)field)];
        WrittenByEntry(bitmaps).Should().Equal(bitmaps, "what the VMCS held before is not known");
        Accept(Apic, 0x41);
        WrittenByEntry(bitmaps).Should().BeEmpty();
        Accept(Apic, 0x41, level: true);
        WrittenByEntry(bitmaps).Should().Equal(bitmaps);
        Vmcs.Read(VmcsField64.EoiExitBitmap1).Should().Be(1 << 1);
        WrittenByEntry(bitmaps).Should().BeEmpty();
        _vmx.State.TriggerModesChanged();
        WrittenByEntry(bitmaps).Should().Equal(bitmaps);
    }

    [Fact]
    public void WithoutDeliveryTheTaskPriorityIsWatched()
    {
        using var vmx = new VmxFixture(VmxFixture.CreateCpu(SecondaryControls.VirtualInterruptDelivery));
        var apic = vmx.Vcpu.Apic;
        SetSpuriousVector(apic, enable: true);
        Write(apic, LocalApicRegister.TaskPriority, 0x50);
        Accept(apic, 0x45);
        vmx.Vmcs.Written.Clear();
        Enter(vmx);
        vmx.Vmcs.Read(VmcsField32.TprThreshold).Should().Be(4);
        vmx.Vmcs.Written.Should().NotContain((uint)VmcsField16.GuestInterruptStatus).And.NotContain((uint)VmcsField64.EoiExitBitmap0);
        Exit(vmx, 0);
        apic.InterruptStatus.Should().Be(0x0045);
        Write(apic, LocalApicRegister.TaskPriority, 0x30);
        Enter(vmx);
        vmx.Vmcs.Read(VmcsField32.TprThreshold).Should().Be(0, "it is deliverable");
    }
}
