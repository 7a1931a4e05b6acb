using System;
using Lamina.Core;

namespace Lamina.Svm.Tests;

public sealed unsafe class SvmVcpuStateTests : IDisposable
{
    private readonly SvmFixture _svm = new(SvmFeatureBits.NestedPaging | SvmFeatureBits.PauseFilter);

    public void Dispose() => _svm.Dispose();

    private SvmVcpuState State => _svm.State;

    private ref VmcbControlArea Control => ref _svm.State.Vmcb->Control;

    [Fact]
    public void ResetIsAsTheManualHasIt()
    {
        State.IsRealMode.Should().BeTrue();
        State.Rip.Should().Be(0xFFF0);
        State.Rflags.Should().Be(Rflags.AlwaysOne);
        ((ulong)State.Cr0).Should().Be(0x6000_0010);
        State.Dr6.Should().Be(0xFFFF_0FF0);
        State.Dr7.Should().Be(0x400);
        State.Xcr0.Should().Be(1);
        State.Pat.Should().Be(0x0007_0406_0007_0406);
        var cs = State.GetSegment(SegmentName.Cs);
        (cs.Selector, cs.Base, cs.Limit).Should().Be(((ushort)0xF000, 0xFFFF_0000UL, 0xFFFFu));
        State.GetSegment(SegmentName.Tr).Attributes.Should().Be((SegmentAttributes)0x8B);
        State.GetSegment(SegmentName.Ldtr).Attributes.Should().Be((SegmentAttributes)0x82);
        State.GetSegment(SegmentName.Ds).Attributes.Should().Be((SegmentAttributes)0x93);
        Control.NestedCr3.Should().Be(SvmFixture.NestedRoot);
        Control.PauseFilterCount.Should().Be(3000);
    }

    [Fact]
    public void ResetLeavesNothingButTheTscOffset()
    {
        var fresh = *State.Vmcb;
        State.TscOffset = 0x1234;
        State.Cr3 = 0x5000;
        State.Registers.Rbx = 7;
        State.RequestInterruptWindow();
        State.NmiBlocked = true;
        State.Inject(VcpuEvent.Nmi());
        State.TryWriteSwitchedMsr(SwitchedMsr.TscAux, 9);
        State.SetDebugAddress(2, 0xABC);
        State.Reset();
        fresh.Control.TscOffset = 0x1234;
        new ReadOnlySpan<byte>(State.Vmcb, sizeof(Vmcb)).SequenceEqual(new ReadOnlySpan<byte>(&fresh, sizeof(Vmcb))).Should().BeTrue();
        State.Registers.Rbx.Should().Be(0);
        State.NmiBlocked.Should().BeFalse();
        State.WatchesEvents.Should().BeFalse();
        State.GetDebugAddress(2).Should().Be(0);
        State.TscAux.Should().Be(0);
    }

    [Fact]
    public void GuestsNeverSeeSvmeAndAlwaysHaveIt()
    {
        State.Efer.Should().Be((Efer)0);
        State.Efer = Efer.SystemCallExtensions;
        State.Efer.Should().Be(Efer.SystemCallExtensions);
        State.Vmcb->State.Efer.Should().HaveFlag(Efer.SecureVirtualMachineEnable);
    }

    [Theory]
    [InlineData(SwitchedMsr.Star)]
    [InlineData(SwitchedMsr.LStar)]
    [InlineData(SwitchedMsr.CStar)]
    [InlineData(SwitchedMsr.SfMask)]
    [InlineData(SwitchedMsr.KernelGsBase)]
    [InlineData(SwitchedMsr.SysenterCs)]
    [InlineData(SwitchedMsr.SysenterEsp)]
    [InlineData(SwitchedMsr.SysenterEip)]
    [InlineData(SwitchedMsr.TscAux)]
    public void SwitchedMsrsAreKeptApart(uint msr)
    {
        foreach (uint other in SwitchedMsr.ByVmload) State.TryWriteSwitchedMsr(other, 1);
        State.TryWriteSwitchedMsr(msr, 0x1234).Should().BeTrue();
        State.TryReadSwitchedMsr(msr, out ulong value).Should().BeTrue();
        value.Should().Be(0x1234);
    }

    [Fact]
    public void OtherMsrsAreNotSwitched()
    {
        State.TryReadSwitchedMsr(0x277, out _).Should().BeFalse();
        State.TryWriteSwitchedMsr(0xC000_0080, 0).Should().BeFalse();
    }

    [Fact]
    public void ChangedPartsAreNotClean()
    {
        void Expect(CleanBits parts, Action change)
        {
            Control.CleanBits = CleanBits.All;
            change();
            (CleanBits.All & ~Control.CleanBits).Should().Be(parts);
        }

        Expect(CleanBits.ControlRegisters, () => State.Cr0 = Cr0.ProtectionEnable);
        Expect(CleanBits.ControlRegisters, () => State.Cr3 = 0x1000);
        Expect(CleanBits.ControlRegisters, () => State.Cr4 = Cr4.PhysicalAddressExtension);
        Expect(CleanBits.ControlRegisters, () => State.Efer = 0);
        Expect(CleanBits.Cr2, () => State.Cr2 = 1);
        Expect(CleanBits.DebugRegisters, () => State.Dr6 = 1);
        Expect(CleanBits.DebugRegisters, () => State.Dr7 = 1);
        Expect(CleanBits.NestedPaging, () => State.Pat = 0);
        Expect(CleanBits.Segments, () => State.PrivilegeLevel = 3);
        Expect(CleanBits.Intercepts, () => State.TscOffset = 5);
        Expect(CleanBits.Segments | CleanBits.DescriptorTables, () => State.SetSegment(SegmentName.Cs, default));
        Expect(CleanBits.Intercepts | CleanBits.VirtualInterrupt, State.RequestInterruptWindow);
        Expect(0, State.RequestInterruptWindow);
    }

    [Theory]
    [InlineData(SvmFeatureBits.NestedPaging, TlbControl.FlushAll)]
    [InlineData(SvmFeatureBits.NestedPaging | SvmFeatureBits.FlushByAsid, TlbControl.FlushGuest)]
    public void AFlushReachesNoFurtherThanItMust(SvmFeatureBits bits, TlbControl flush)
    {
        using var svm = new SvmFixture(bits);
        svm.State.Vmcb->Control.TlbControl.Should().Be(TlbControl.None);
        svm.State.FlushTranslations();
        svm.State.Vmcb->Control.TlbControl.Should().Be(flush);
        svm.State.FlushAllAsids();
        svm.State.FlushTranslations();
        svm.State.Vmcb->Control.TlbControl.Should().Be(TlbControl.FlushAll);
    }

    [Fact]
    public void FreeingGivesThePagesBack()
    {
        int taken = _svm.Pages.Taken;
        State.Free();
        _svm.Pages.Taken.Should().Be(taken - SvmVcpuState.PageCount);
    }
}
