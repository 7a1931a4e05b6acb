using System;
using Lamina.Testing;

namespace Lamina.Core.Tests.Msrs;

public sealed class GuestMsrsTests : IDisposable
{
    private readonly TestMachine _test = new();
    private readonly VirtualCpu _vcpu;
    private readonly FakeVcpuState _state;

    public GuestMsrsTests()
    {
        _vcpu = _test.Machine.Vcpus[0];
        _state = _test.States[0];
        _vcpu.Reset();
        foreach (var msr in (Msr[])[Msr.Star, Msr.LStar, Msr.CStar, Msr.KernelGsBase, Msr.SysenterCs, Msr.SysenterEsp, Msr.SysenterEip, Msr.TscAux])
            _state.SwitchedMsrs[(uint)msr] = 0;
    }

    public void Dispose() => _test.Dispose();

    private bool Write(Msr msr, ulong value) => GuestMsrs.TryWrite(_vcpu, (uint)msr, value);

    private ulong Read(Msr msr)
    {
        GuestMsrs.TryRead(_vcpu, (uint)msr, out ulong value).Should().BeTrue($"{msr} exists");
        return value;
    }

    [Theory]
    [InlineData(0x0000_0048)] // SPEC_CTRL
    [InlineData(0x0000_0049)] // PRED_CMD
    [InlineData(0x0000_00C1)] // PMC0
    [InlineData(0x0000_00E8)] // APERF
    [InlineData(0x0000_0400)] // MC0_CTL
    [InlineData(0x0000_0480)] // VMX
    [InlineData(0x0000_0DA0)] // XSS
    [InlineData(0xC000_0104)] // TSC_RATIO
    [InlineData(0xC001_0000)] // PERF_EVT_SEL0
    [InlineData(0xC001_0004)] // PERF_CTR0
    [InlineData(0xC001_0114)] // VM_CR
    [InlineData(0xC001_0117)] // VM_HSAVE_PA
    [InlineData(0xC001_0140)] // OSVW
    [InlineData(0x4B56_4D02)] // KVM async page faults
    [InlineData(0x4B56_4D04)] // KVM EOI
    [InlineData(0x4000_0003)] // Hyper-V: reset
    [InlineData(0x4000_0070)] // Hyper-V: EOI
    [InlineData(0x4000_0090)] // Hyper-V: SINT0
    public void WhatCpuidDoesNotShowDoesNotExist(uint msr)
    {
        GuestMsrs.TryRead(_vcpu, msr, out ulong value).Should().BeFalse();
        value.Should().Be(0);
        GuestMsrs.TryWrite(_vcpu, msr, 0).Should().BeFalse();
    }

    [Theory]
    [InlineData(Msr.DecodeConfiguration, 2)]
    [InlineData(Msr.HardwareConfiguration, 1 << 24)]
    [InlineData(Msr.SystemConfiguration, 0)]
    [InlineData(Msr.InterruptPending, 0)]
    [InlineData(Msr.NorthbridgeConfiguration, 0)]
    [InlineData(Msr.TopOfMemory, 0)]
    [InlineData(Msr.MachineCheckCapabilities, 0)]
    [InlineData(Msr.MtrrCapabilities, 0x508)]
    [InlineData(Msr.MtrrDefaultType, 0xC06)]
    [InlineData(Msr.DebugControl, 0)]
    [InlineData(Msr.ApicBase, 0xFEE0_0900)]
    public void KernelsFindQuietConstants(Msr msr, ulong expected) => Read(msr).Should().Be(expected);

    /// <summary>What is no MSR of a CPU without speculation control, thermal and power management, performance counters, PPIN and VMX.</summary>
    [Theory]
    [InlineData(0x034)] // SMI_COUNT
    [InlineData(0x048)] // SPEC_CTRL
    [InlineData(0x049)] // PRED_CMD
    [InlineData(0x04E)] // PPIN_CTL
    [InlineData(0x0C1)] // PMC0
    [InlineData(0x0CE)] // PLATFORM_INFO
    [InlineData(0x0CF)] // CORE_CAPABILITIES
    [InlineData(0x0E8)] // APERF
    [InlineData(0x10A)] // ARCH_CAPABILITIES
    [InlineData(0x10B)] // FLUSH_CMD
    [InlineData(0x122)] // TSX_CTRL
    [InlineData(0x140)] // MISC_FEATURES_ENABLES
    [InlineData(0x17B)] // MCG_CTL
    [InlineData(0x19C)] // THERM_STATUS
    [InlineData(0x1A2)] // TEMPERATURE_TARGET
    [InlineData(0x1B0)] // ENERGY_PERF_BIAS
    [InlineData(0x1FC)] // POWER_CTL
    [InlineData(0x280)] // MC0_CTL2
    [InlineData(0x345)] // PERF_CAPABILITIES
    [InlineData(0x38F)] // PERF_GLOBAL_CTRL
    [InlineData(0x400)] // MC0_CTL
    [InlineData(0x480)] // VMX_BASIC
    [InlineData(0x606)] // RAPL_POWER_UNIT
    [InlineData(0x770)] // PM_ENABLE
    [InlineData(0xDA0)] // XSS
    [InlineData((uint)Msr.SystemConfiguration)]
    [InlineData((uint)Msr.HardwareConfiguration)]
    [InlineData((uint)Msr.DecodeConfiguration)]
    public void WhatAnIntelCpusCpuidDoesNotShowDoesNotExist(uint msr)
    {
        using var intel = Intel();
        GuestMsrs.TryRead(intel.Machine.Vcpus[0], msr, out ulong value).Should().BeFalse();
        value.Should().Be(0);
        GuestMsrs.TryWrite(intel.Machine.Vcpus[0], msr, 0).Should().BeFalse();
    }

    /// <summary>Those that kernels read without asking CPUID, most of them before they can take a fault.</summary>
    [Theory]
    [InlineData(Msr.P5MachineCheckAddress, 0)]
    [InlineData(Msr.PlatformId, 0)]
    [InlineData(Msr.PowerOnOptions, 0)]
    [InlineData(Msr.FeatureControl, 1)] // locked, with VMX off
    [InlineData(Msr.TscAdjust, 0)]
    [InlineData(Msr.MicrocodeRevision, 1L << 32)]
    [InlineData(Msr.MtrrCapabilities, 0x508)]
    [InlineData(Msr.MachineCheckCapabilities, 0)]
    [InlineData(Msr.MiscEnable, 0x1801)]
    [InlineData(Msr.DebugControl, 0)]
    [InlineData(Msr.ApicBase, 0xFEE0_0900)]
    public void KernelsFindQuietConstantsOnIntel(Msr msr, ulong expected)
    {
        using var intel = Intel();
        GuestMsrs.TryRead(intel.Machine.Vcpus[0], (uint)msr, out ulong value).Should().BeTrue();
        value.Should().Be(expected);
    }

    [Theory]
    [InlineData(Msr.PlatformId)]
    [InlineData(Msr.PowerOnOptions)]
    [InlineData(Msr.FeatureControl)]
    [InlineData(Msr.MiscEnable)]
    [InlineData(Msr.MicrocodeUpdate)]
    public void IntelsMsrsAreNotThereOnAmd(Msr msr)
    {
        GuestMsrs.TryRead(_vcpu, (uint)msr, out _).Should().BeFalse();
        Write(msr, 0).Should().BeFalse();
    }

    [Fact]
    public void NothingThatIsNotOfferedCanBeSwitchedOnInMiscEnable()
    {
        using var intel = Intel();
        var vcpu = intel.Machine.Vcpus[0];
        GuestMsrs.TryWrite(vcpu, (uint)Msr.MiscEnable, ulong.MaxValue).Should().BeTrue();
        GuestMsrs.TryRead(vcpu, (uint)Msr.MiscEnable, out ulong value);
        value.Should().Be((ulong)MiscEnable.AtReset);
        GuestMsrs.TryWrite(vcpu, (uint)Msr.MiscEnable, 0).Should().BeTrue();
        GuestMsrs.TryRead(vcpu, (uint)Msr.MiscEnable, out value);
        value.Should().Be((ulong)(MiscEnable.AtReset & ~MiscEnable.FastStrings));
    }

    [Fact]
    public void AGuestLoadsNoMicrocode()
    {
        using var intel = Intel();
        var vcpu = intel.Machine.Vcpus[0];
        GuestMsrs.TryWrite(vcpu, (uint)Msr.MicrocodeUpdate, 0x10_0030).Should().BeTrue();
        GuestMsrs.TryWrite(vcpu, (uint)Msr.MicrocodeRevision, 0).Should().BeTrue("Linux clears it before it asks");
        GuestMsrs.TryRead(vcpu, (uint)Msr.MicrocodeRevision, out ulong value);
        value.Should().Be(1UL << 32);
        GuestMsrs.TryWrite(vcpu, (uint)Msr.FeatureControl, 5).Should().BeFalse("it is locked");
    }

    private static TestMachine Intel()
    {
        var machine = new TestMachine(cpuid: CpuidDumps.Haswell);
        machine.Machine.Vcpus[0].Reset();
        return machine;
    }

    [Theory]
    [InlineData(Efer.LongModeEnable | Efer.NoExecuteEnable | Efer.SystemCallExtensions, false, true)]
    [InlineData(Efer.SecureVirtualMachineEnable, false, false)]
    [InlineData(Efer.LongModeSegmentLimitEnable, false, false)]
    [InlineData((Efer)(1UL << 32), false, false)]
    [InlineData(Efer.LongModeEnable, true, false)]
    [InlineData(Efer.NoExecuteEnable, true, true)]
    public void EferFollowsTheManual(Efer value, bool paging, bool legal)
    {
        _state.Cr0 = paging ? Cr0.Paging : 0;
        Write(Msr.Efer, (ulong)value).Should().Be(legal);
        _state.Efer.Should().Be(legal ? value : 0);
    }

    [Fact]
    public void LongModeActiveIsTheProcessorsOwn()
    {
        _state.Cr0 = Cr0.Paging;
        _state.Efer = Efer.LongModeEnable | Efer.LongModeActive;
        Write(Msr.Efer, (ulong)(Efer.LongModeEnable | Efer.NoExecuteEnable)).Should().BeTrue();
        _state.Efer.Should().Be(Efer.LongModeEnable | Efer.LongModeActive | Efer.NoExecuteEnable);
        _state.Flushes.Should().Be(1, "no-execute pages mean something else now");
    }

    [Theory]
    [InlineData(0x0007_0406_0007_0406UL, true)]
    [InlineData(0x0706_0504_0100_0000UL, true)]
    [InlineData(0x0000_0000_0000_0002UL, false)]
    [InlineData(0x0300_0000_0000_0000UL, false)]
    [InlineData(0x0000_0008_0000_0000UL, false)]
    [InlineData(0x8000_0000_0000_0000UL, false)]
    public void PatTakesMemoryTypesAlone(ulong value, bool legal)
    {
        _state.Pat = 1;
        Write(Msr.Pat, value).Should().Be(legal);
        _state.Pat.Should().Be(legal ? value : 1);
    }

    [Theory]
    [InlineData(Msr.LStar)]
    [InlineData(Msr.CStar)]
    [InlineData(Msr.KernelGsBase)]
    [InlineData(Msr.SysenterEsp)]
    [InlineData(Msr.SysenterEip)]
    [InlineData(Msr.FsBase)]
    [InlineData(Msr.GsBase)]
    public void AddressesMustBeCanonical(Msr msr)
    {
        Write(msr, 0x0000_8000_0000_0000).Should().BeFalse();
        Write(msr, 0xFFFF_7FFF_FFFF_FFFF).Should().BeFalse();
        Write(msr, 0xFFFF_8000_0000_0000).Should().BeTrue();
        Read(msr).Should().Be(0xFFFF_8000_0000_0000);
        Write(msr, 0x0000_7FFF_FFFF_FFFF).Should().BeTrue();
    }

    [Fact]
    public void TscAuxHas32Bits()
    {
        Write(Msr.TscAux, 1UL << 32).Should().BeFalse();
        Write(Msr.TscAux, uint.MaxValue).Should().BeTrue();
    }

    [Fact]
    public void TheTscJumpsAsWrittenAndTscAdjustCountsIt()
    {
        _test.Cpu.Tsc = 1000;
        Read(Msr.Tsc).Should().Be(1000);
        Write(Msr.Tsc, 500).Should().BeTrue();
        Read(Msr.Tsc).Should().Be(500);
        Read(Msr.TscAdjust).Should().Be(unchecked(0UL - 500));
        Write(Msr.TscAdjust, 0).Should().BeTrue();
        Read(Msr.Tsc).Should().Be(1000);
    }

    [Fact]
    public void ATscDeadlineMovesWithTheTsc()
    {
        _vcpu.Apic.WriteMemory((ulong)LocalApicRegister.SpuriousVector << 4, 4, 0x1FF);
        _vcpu.Apic.WriteMemory((ulong)LocalApicRegister.TimerVector << 4, 4, (uint)LocalVector.TscDeadline | 0x40);
        Write(Msr.TscDeadline, 10_000).Should().BeTrue();
        Read(Msr.TscDeadline).Should().Be(10_000);
        Write(Msr.Tsc, 9_000).Should().BeTrue();
        _test.Cpu.Run(999);
        _vcpu.Apic.PendingVector.Should().Be(-1);
        _test.Cpu.Run(1);
        _vcpu.Apic.PendingVector.Should().Be(0x40);
    }

    [Fact]
    public void X2ApicMsrsAreTheApics()
    {
        GuestMsrs.TryRead(_vcpu, 0x803, out _).Should().BeFalse();
        Write(Msr.ApicBase, 0xFEE0_0D00).Should().BeTrue();
        GuestMsrs.TryRead(_vcpu, 0x803, out ulong version).Should().BeTrue();
        version.Should().Be(0x5_0014);
        Write(Msr.ApicBase, 0xFEE0_0900).Should().BeFalse("there is no way back but by disabling it");
    }

    [Theory]
    [InlineData(0x2FFu, 0xC06UL, true)]
    [InlineData(0x2FFu, 0xC02UL, false)] // no such type
    [InlineData(0x2FFu, 0x1C06UL, false)] // reserved bit
    [InlineData(0x200u, 0xC000_0000UL, true)]
    [InlineData(0x200u, 0xC000_0106UL, false)]
    [InlineData(0x200u, 1UL << 48, false)] // wider than addresses
    [InlineData(0x20Fu, 0xFFFF_C000_0800UL, true)]
    [InlineData(0x20Fu, 0xFFFF_C000_0006UL, false)]
    [InlineData(0x210u, 0UL, false)] // a ninth range
    [InlineData(0x250u, 0x0606_0606_0606_0606UL, true)]
    [InlineData(0x26Fu, 0x0605_0401_0000_0006UL, true)]
    [InlineData(0x26Fu, 0x0600_0000_0300_0000UL, false)]
    [InlineData(0x270u, 0UL, false)]
    [InlineData(0x0FEu, 0UL, false)] // read-only
    public void MtrrsKeepWhatIsLegal(uint msr, ulong value, bool legal)
    {
        GuestMsrs.TryWrite(_vcpu, msr, value).Should().Be(legal);
        if (legal) Read((Msr)msr).Should().Be(value);
    }

    [Fact]
    public void NothingEverThrows()
    {
        var random = new Random(1);
        uint[] bases = [0, 0x170, 0x1D0, 0x200, 0x270, 0x2F0, 0x6E0, 0x800, 0x4000_0000, 0x4B56_4D00, 0xC000_0080, 0xC000_0100, 0xC001_0000, 0xC001_1020];
        for (int i = 0; i < 200_000; i++)
        {
            uint msr = bases[random.Next(bases.Length)] + (uint)random.Next(0x40);
            GuestMsrs.TryWrite(_vcpu, msr, (ulong)random.NextInt64() >> random.Next(64));
            GuestMsrs.TryRead(_vcpu, msr, out _);
        }
    }

    [Theory]
    [InlineData(0, true, 0xFFFF_FFFF_FFFF_FC18UL)]
    [InlineData(0, false, 0xFFFF_FC18UL)]
    [InlineData(3, true, ulong.MaxValue)]
    public void HypercallsAreUnknown(int privilege, bool is64Bit, ulong expected)
    {
        _state.PrivilegeLevel = privilege;
        if (is64Bit)
        {
            _state.Efer = Efer.LongModeActive;
            _state.SetSegment(SegmentName.Cs, new SegmentRegister(8, SegmentAttributes.Long, 0, 0));
        }
        HypercallHandler.Execute(_vcpu);
        _state.Registers.Rax.Should().Be(expected);
    }
}
