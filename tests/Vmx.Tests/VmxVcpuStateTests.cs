using System;
using System.Linq;
using Lamina.Core;

namespace Lamina.Vmx.Tests;

public sealed class VmxVcpuStateTests : IDisposable
{
    private readonly VmxFixture _vmx = new();

    public void Dispose() => _vmx.Dispose();

    private VmxVcpuState State => _vmx.State;

    private FakeVmcs Vmcs => _vmx.Vmcs;

    [Fact]
    public void ResetIsAsTheManualHasIt()
    {
        State.IsRealMode.Should().BeTrue();
        State.Is64Bit.Should().BeFalse();
        State.Rip.Should().Be(0xFFF0);
        State.Rflags.Should().Be(Rflags.AlwaysOne);
        ((ulong)State.Cr0).Should().Be(0x6000_0010);
        ((ulong)State.Cr4).Should().Be(0);
        State.Dr6.Should().Be(0xFFFF_0FF0);
        State.Dr7.Should().Be(0x400);
        State.Xcr0.Should().Be(1);
        State.Pat.Should().Be(0x0007_0406_0007_0406);
        State.PrivilegeLevel.Should().Be(0);
        var cs = State.GetSegment(SegmentName.Cs);
        (cs.Selector, cs.Base, cs.Limit).Should().Be(((ushort)0xF000, 0xFFFF_0000UL, 0xFFFFu));
        State.GetSegment(SegmentName.Tr).Attributes.Should().Be((SegmentAttributes)0x8B);
        State.GetSegment(SegmentName.Ldtr).Attributes.Should().Be((SegmentAttributes)0x82);
        State.GetSegment(SegmentName.Ds).Attributes.Should().Be((SegmentAttributes)0x93);
        new EptPointer(Vmcs.Read(VmcsField64.EptPointer)).Root.Should().Be(VmxFixture.NestedRoot);
    }

    [Fact]
    public void ResetLeavesNothingButTheTscOffset()
    {
        var fresh = Vmcs.Copy();
        State.TscOffset = 0x1234;
        State.Cr3 = 0x5000;
        State.Cr4 = Cr4.PhysicalAddressExtension;
        State.Efer = Efer.LongModeEnable | Efer.LongModeActive;
        State.SetPageDirectoryPointer(3, 0x9001);
        State.Registers.Rbx = 7;
        State.RequestInterruptWindow();
        State.RequestNmiWindow();
        State.NmiBlocked = true;
        State.Inject(VcpuEvent.Nmi());
        State.TryWriteSwitchedMsr(SwitchedMsr.TscAux, 9);
        State.TryWriteSwitchedMsr(SwitchedMsr.LStar, 9);
        State.SetDebugAddress(2, 0xABC);
        State.Cr2 = 0xDEAD;
        State.Reset();
        var now = Vmcs.Copy();
        fresh.Should().OnlyContain(field => now[field.Key] == field.Value);
        State.TscOffset.Should().Be(0x1234);
        State.Registers.Rbx.Should().Be(0);
        State.NmiBlocked.Should().BeFalse();
        State.GetDebugAddress(2).Should().Be(0);
        State.TscAux.Should().Be(0);
        State.Cr2.Should().Be(0);
        State.TryReadSwitchedMsr(SwitchedMsr.LStar, out ulong lstar);
        lstar.Should().Be(0);
    }

    /// <summary>What is the hypervisor's stays as VMX operation wants it, whatever the guest writes; and the guest reads what it wrote.</summary>
    [Fact]
    public void AGuestReadsTheControlRegistersThatItWrote()
    {
        State.Cr0 = Cr0.ProtectionEnable | Cr0.Paging | Cr0.CacheDisable | Cr0.NotWriteThrough | Cr0.WriteProtect;
        State.Cr0.Should().Be(Cr0.ProtectionEnable | Cr0.Paging | Cr0.CacheDisable | Cr0.NotWriteThrough | Cr0.WriteProtect);
        ((Cr0)Vmcs.Read(VmcsFieldNatural.GuestCr0)).Should()
            .Be(Cr0.ProtectionEnable | Cr0.Paging | Cr0.WriteProtect | Cr0.NumericError | Cr0.ExtensionType);
        State.Cr4 = Cr4.PhysicalAddressExtension;
        State.Cr4.Should().Be(Cr4.PhysicalAddressExtension);
        ((Cr4)Vmcs.Read(VmcsFieldNatural.GuestCr4)).Should().Be(Cr4.PhysicalAddressExtension | Cr4.VmxEnable | Cr4.MachineCheckEnable);
    }

    /// <summary>The guest sets its own bits without an exit: then the register in the CPU says what they are, not the shadow.</summary>
    [Fact]
    public void AGuestsOwnBitsAreReadFromTheCpu()
    {
        State.Cr0 = Cr0.ProtectionEnable;
        Vmcs.Write(VmcsFieldNatural.GuestCr0, Vmcs.Read(VmcsFieldNatural.GuestCr0) | (ulong)(Cr0.Paging | Cr0.TaskSwitched));
        State.Cr0.Should().Be(Cr0.ProtectionEnable | Cr0.Paging | Cr0.TaskSwitched);
        (Vmcs.Read(VmcsFieldNatural.Cr0Mask) & (ulong)(Cr0.ProtectionEnable | Cr0.Paging | Cr0.TaskSwitched)).Should().Be(0);
        (Vmcs.Read(VmcsFieldNatural.Cr0Mask) & 0x6000_0020).Should().Be(0x6000_0020, "NE, NW and CD exit");
        Vmcs.Write(VmcsFieldNatural.GuestCr4, Vmcs.Read(VmcsFieldNatural.GuestCr4) | (ulong)Cr4.PageGlobalEnable);
        State.Cr4.Should().Be(Cr4.PageGlobalEnable);
        (Vmcs.Read(VmcsFieldNatural.Cr4Mask) & 0x2040).Should().Be(0x2040, "VMXE and MCE exit");
    }

    [Fact]
    public void WhatTheCpuDoesNotHaveOfCr4IsNotTheGuests()
    {
        var cpu = VmxFixture.CreateCpu();
        cpu.Msrs[CapabilityMsr.Cr4Allowed] &= ~(ulong)Cr4.ProcessContextIdentifiers;
        var features = VmxFeatures.Read(cpu)!;
        ControlRegisters.Cr4Mask(features).Should().HaveFlag(Cr4.ProcessContextIdentifiers);
        ControlRegisters.SettableCr4(features).Should().NotHaveFlag(Cr4.ProcessContextIdentifiers).And.NotHaveFlag(Cr4.VmxEnable)
            .And.HaveFlag(Cr4.MachineCheckEnable);
        ControlRegisters.SettableCr4(_vmx.Features).Should().HaveFlag(Cr4.ProcessContextIdentifiers).And.NotHaveFlag(Cr4.LinearAddress57);
    }

    [Fact]
    public void LongModeIsInTheEntryControls()
    {
        ((EntryControls)Vmcs.Read(VmcsField32.EntryControls)).Should().NotHaveFlag(EntryControls.Ia32eModeGuest);
        State.Efer = Efer.LongModeEnable;
        ((EntryControls)Vmcs.Read(VmcsField32.EntryControls)).Should().NotHaveFlag(EntryControls.Ia32eModeGuest);
        State.Efer = Efer.LongModeEnable | Efer.LongModeActive;
        ((EntryControls)Vmcs.Read(VmcsField32.EntryControls)).Should().HaveFlag(EntryControls.Ia32eModeGuest);
        State.Efer = 0;
        ((EntryControls)Vmcs.Read(VmcsField32.EntryControls)).Should().Be(_vmx.Features.EntryControls);
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
        foreach (uint other in SwitchedMsr.Lazy.ToArray().Concat([SwitchedMsr.SysenterCs, SwitchedMsr.SysenterEsp, SwitchedMsr.SysenterEip, SwitchedMsr.TscAux]))
            State.TryWriteSwitchedMsr(other, 1);
        State.TryWriteSwitchedMsr(msr, 0x1234).Should().BeTrue();
        State.TryReadSwitchedMsr(msr, out ulong value).Should().BeTrue();
        value.Should().Be(0x1234);
        foreach (uint other in SwitchedMsr.Lazy.ToArray().Where(other => other != msr))
        {
            State.TryReadSwitchedMsr(other, out ulong unchanged);
            unchanged.Should().Be(1);
        }
    }

    [Fact]
    public void OtherMsrsAreNotSwitched()
    {
        State.TryReadSwitchedMsr(0x277, out _).Should().BeFalse();
        State.TryWriteSwitchedMsr(0xC000_0080, 0).Should().BeFalse();
    }

    [Theory]
    [InlineData(SegmentName.Es)]
    [InlineData(SegmentName.Cs)]
    [InlineData(SegmentName.Ss)]
    [InlineData(SegmentName.Ds)]
    [InlineData(SegmentName.Fs)]
    [InlineData(SegmentName.Gs)]
    [InlineData(SegmentName.Ldtr)]
    [InlineData(SegmentName.Tr)]
    public void SegmentsAreKeptApart(SegmentName name)
    {
        var names = Enum.GetValues<SegmentName>();
        var before = names.ToDictionary(other => other, other => State.GetSegment(other));
        var segment = new SegmentRegister(0x28, before[name].Attributes | SegmentAttributes.Granularity, 0xABCD_EFFF, 0x1234_5000);
        State.SetSegment(name, segment);
        State.GetSegment(name).Should().Be(segment);
        foreach (var other in names.Where(other => other != name)) State.GetSegment(other).Should().Be(before[other]);
    }

    [Theory]
    [InlineData(SegmentName.Gdtr)]
    [InlineData(SegmentName.Idtr)]
    public void ADescriptorTableHasBaseAndLimitAlone(SegmentName name)
    {
        var others = Enum.GetValues<SegmentName>().Where(other => other != name).ToDictionary(other => other, other => State.GetSegment(other));
        State.SetSegment(name, new SegmentRegister(0x28, SegmentAttributes.Present, 0x7F, 0x1234_5678));
        State.GetSegment(name).Should().Be(new SegmentRegister(0, SegmentAttributes.None, 0x7F, 0x1234_5678));
        foreach (var (other, segment) in others) State.GetSegment(other).Should().Be(segment);
    }

    [Fact]
    public void ANullSegmentIsUnusableAndKeepsItsBase()
    {
        State.SetSegment(SegmentName.Gs, new SegmentRegister(0, SegmentAttributes.None, 0, 0x7000_0000_0000));
        new SegmentAccessRights(Vmcs.Read(VmcsField32.GuestGsAccessRights)).IsUnusable.Should().BeTrue();
        State.GetSegment(SegmentName.Gs).Should().Be(new SegmentRegister(0, SegmentAttributes.None, 0, 0x7000_0000_0000));
        _vmx.FindBrokenRule().Should().BeNull();
    }

    [Fact]
    public void TheLevelOfAnUnusableStackIsTheCpusLevel()
    {
        State.SetSegment(SegmentName.Ss, default);
        State.PrivilegeLevel = 3;
        State.PrivilegeLevel.Should().Be(3);
        new SegmentAccessRights(Vmcs.Read(VmcsField32.GuestSsAccessRights)).IsUnusable.Should().BeTrue();
    }

    [Theory]
    [InlineData((EptVpidCapabilities)0, true, true)]
    [InlineData(EptVpidCapabilities.InveptSingle, true, false)]
    [InlineData(EptVpidCapabilities.InvvpidSingle, false, true)]
    public void AFlushReachesNoFurtherThanItMust(EptVpidCapabilities missing, bool oneVpid, bool oneTable)
    {
        static InvalidationType Reach(bool one) => one ? InvalidationType.SingleContext : InvalidationType.All;
        var cpu = VmxFixture.CreateCpu();
        cpu.Msrs[CapabilityMsr.EptVpid] &= ~(ulong)missing;
        var vmcs = new FakeVmcs();
        new VmxCpu(cpu, VmxFeatures.Read(cpu)!, vmcs).Flush(new EptPointer(0x5000, false), 7);
        vmcs.Invalidations.Should().Equal(("INVVPID", Reach(oneVpid), 7), ("INVEPT", Reach(oneTable), 0x501E));
    }

    [Fact]
    public void WithoutVpidsOnlyTheTablesAreFlushed()
    {
        var cpu = VmxFixture.CreateCpu();
        VmxFixture.Remove(cpu, CapabilityMsr.SecondaryControls, (ulong)SecondaryControls.EnableVpid << 32);
        var vmcs = new FakeVmcs();
        new VmxCpu(cpu, VmxFeatures.Read(cpu)!, vmcs).Flush(new EptPointer(0x5000, false), 0);
        vmcs.Invalidations.Should().Equal(("INVEPT", InvalidationType.SingleContext, 0x501E));
    }

    [Fact]
    public void WhatChangesTranslationsIsFlushedForAtTheNextEntryOnce()
    {
        void Expect(int flushes, Action change)
        {
            _vmx.State.BeforeEntry();
            Vmcs.Invalidations.Clear();
            change();
            Vmcs.Invalidations.Should().BeEmpty("it waits for the entry");
            _vmx.State.BeforeEntry().Should().BeTrue();
            _vmx.State.BeforeEntry().Should().BeTrue();
            Vmcs.Invalidations.Where(one => one.Instruction == "INVEPT").Should().HaveCount(flushes);
        }

        Expect(1, () => State.Cr0 = Cr0.ProtectionEnable);
        Expect(1, () => State.Cr3 = 0x1000);
        Expect(1, () => State.Cr4 = Cr4.PhysicalAddressExtension);
        Expect(1, () => State.Efer = Efer.NoExecuteEnable);
        Expect(1, State.FlushTranslations);
        Expect(1, State.Reset);
        Expect(0, () => State.Rip = 0x1234);
    }

    /// <summary>The way in of an ordinary exit: nothing is written but what Core changed.</summary>
    [Fact]
    public void AnEntryWritesWhatCoreChanged()
    {
        State.BeforeEntry();
        Vmcs.Written.Clear();
        State.BeforeEntry();
        Vmcs.Written.Should().BeEmpty();
        State.Rip += 2;
        State.BeforeEntry();
        Vmcs.Written.Should().Equal((uint)VmcsFieldNatural.GuestRip);
        _vmx.TakeExit(VmxFixture.Exit(VmxExitReason.Cpuid));
        Vmcs.Written.Clear();
        State.Registers.Rsp = 0x8000;
        State.Rflags |= Rflags.Carry;
        State.BeforeEntry();
        Vmcs.Written.Should().BeEquivalentTo([(uint)VmcsFieldNatural.GuestRsp, (uint)VmcsFieldNatural.GuestRflags]);
    }

    /// <summary>An entry that fails does not launch the VMCS: a VMRESUME would be refused (Intel SDM vol. 3, 27.8).</summary>
    [Fact]
    public void AFailedEntryLaunchesNothing()
    {
        _vmx.TakeExit(VmxFixture.Exit(VmxExitReason.InvalidGuestState, failsEntry: true)).Kind.Should().Be(VmExitKind.EntryFailed);
        State.IsLaunched.Should().BeFalse();
        _vmx.TakeExit(VmxFixture.Exit(VmxExitReason.Cpuid));
        State.IsLaunched.Should().BeTrue();
        _vmx.TakeExit(VmxFixture.Exit(VmxExitReason.InvalidGuestState, failsEntry: true));
        State.IsLaunched.Should().BeTrue();
    }

    [Fact]
    public void AnEntrysFailureIsExplained()
    {
        _vmx.FindBrokenRule();
        State.FindEntryFailure(out _).Should().BeNull();
        Vmcs.Write(VmcsFieldNatural.GuestRflags, 0);
        State.FindEntryFailure(out _).Should().Contain("RFLAGS");
        Vmcs.Write(VmcsFieldNatural.GuestRflags, 2);
        State.LastEntry = EntryResult.Refused;
        Vmcs.Write(VmcsField32.InstructionError, (uint)VmxInstructionError.VmlaunchNotClear);
        State.FindEntryFailure(out _).Should().Be("VMLAUNCH with a VMCS that is not clear");
        State.Reset();
        State.FindEntryFailure(out _).Should().BeNull("the refusal was of the guest before");
    }

    [Fact]
    public void FreeingGivesThePagesBack()
    {
        int taken = _vmx.Pages.Taken;
        State.Free();
        _vmx.Pages.Taken.Should().Be(taken - VmxVcpuState.PageCount);
    }
}
