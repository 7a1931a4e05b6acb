namespace Lamina.Core;

/// <summary>
/// The MSRs whose accesses exit. What CPUID does not show does not exist: #GP. A few that kernels touch without asking CPUID, for an erratum or to
/// see what firmware did, read as harmless constants and take writes that change nothing.
/// </summary>
public static class GuestMsrs
{
    /// <summary>A revision for who asks: the host's is the host's matter.</summary>
    private const ulong AmdMicrocode = 0x0100_0065, IntelMicrocode = 1UL << 32;
    /// <summary>FEATURE_CONTROL: locked, with VMX off.</summary>
    private const ulong FeaturesLocked = 1;
    /// <summary>HWCR.TscFreqSel: the TSC counts at the P0 rate.</summary>
    private const ulong TscAtNominalRate = 1 << 24;
    /// <summary>DE_CFG: LFENCE serializes.</summary>
    private const ulong LfenceSerializes = 1 << 1;
    private const ulong MachineCheckStatusMask = 7;

    /// <summary>Reads an MSR for a guest. False where the guest has to get #GP.</summary>
    public static bool TryRead(VirtualCpu vcpu, uint msr, out ulong value)
    {
        if (msr - LocalApic.FirstMsr < LocalApic.MsrCount) return vcpu.Apic.TryReadMsr(msr, out value);
        var state = vcpu.State;
        switch ((Msr)msr)
        {
            case Msr.TscDeadline: value = vcpu.Apic.Timer.TscDeadline; return true;
            case Msr.Tsc: value = vcpu.Cpu.ReadTsc() + state.TscOffset; return true;
            case Msr.TscAdjust: value = vcpu.Msrs.TscAdjust; return true;
            case Msr.ApicBase: value = (ulong)vcpu.Apic.Base; return true;
            case Msr.Efer: value = (ulong)state.Efer; return true;
            case Msr.Pat: value = state.Pat; return true;
            case Msr.FsBase: value = state.GetSegment(SegmentName.Fs).Base; return true;
            case Msr.GsBase: value = state.GetSegment(SegmentName.Gs).Base; return true;
            case Msr.MachineCheckStatus: value = vcpu.Msrs.MachineCheckStatus; return true;
            case Msr.MicrocodeRevision: value = vcpu.Machine.Cpuid.IsAmd ? AmdMicrocode : IntelMicrocode; return true;
            case Msr.KvmSystemTime or Msr.KvmSystemTimeOld: value = vcpu.Msrs.Clock.Address; return true;
            case Msr.KvmStealTime: value = vcpu.Msrs.StealTime.Address; return true;
            case Msr.KvmWallClock or Msr.KvmWallClockOld: value = 0; return true;
            // No banks and no branch records.
            case Msr.P5MachineCheckAddress or Msr.P5MachineCheckType or Msr.MachineCheckCapabilities or Msr.DebugControl
                or (>= Msr.LastBranchFrom and <= Msr.LastExceptionTo):
                value = 0;
                return true;
        }
        if (state.TryReadSwitchedMsr(msr, out value) || vcpu.Msrs.MemoryTypes.TryRead(msr, out value)
            || vcpu.Machine.HyperV.TryRead(vcpu, msr, out value)) return true;
        return vcpu.Machine.Cpuid.IsAmd ? TryReadAmd(vcpu, (Msr)msr, out value) : TryReadIntel(vcpu, (Msr)msr, out value);
    }

    private static bool TryReadAmd(VirtualCpu vcpu, Msr msr, out ulong value)
    {
        value = 0;
        switch (msr)
        {
            case Msr.HardwareConfiguration: value = vcpu.Msrs.HardwareConfiguration | TscAtNominalRate; return true;
            case Msr.DecodeConfiguration: value = LfenceSerializes; return true;
            case Msr.SystemConfiguration or Msr.TopOfMemory or Msr.TopOfMemory2 or Msr.NorthbridgeConfiguration or Msr.InterruptPending
                or Msr.MmioConfigurationBase or Msr.SmmAddress or Msr.SmmMask or Msr.DataCacheConfiguration or Msr.BusUnitConfiguration2:
                return true;
            default: return false;
        }
    }

    private static bool TryReadIntel(VirtualCpu vcpu, Msr msr, out ulong value)
    {
        value = 0;
        switch (msr)
        {
            case Msr.MiscEnable: value = (ulong)vcpu.Msrs.MiscEnable; return true;
            case Msr.FeatureControl: value = FeaturesLocked; return true;
            case Msr.PlatformId or Msr.PowerOnOptions: return true;
            default: return false;
        }
    }

    /// <summary>Writes an MSR for a guest. False where the guest has to get #GP.</summary>
    public static bool TryWrite(VirtualCpu vcpu, uint msr, ulong value)
    {
        if (msr - LocalApic.FirstMsr < LocalApic.MsrCount) return vcpu.Apic.TryWriteMsr(msr, value);
        switch ((Msr)msr)
        {
            case Msr.TscDeadline:
                vcpu.Apic.Timer.TscDeadline = value;
                return true;
            case Msr.Tsc:
                AddToTsc(vcpu, value - (vcpu.Cpu.ReadTsc() + vcpu.State.TscOffset));
                return true;
            case Msr.TscAdjust:
                AddToTsc(vcpu, value - vcpu.Msrs.TscAdjust);
                return true;
            case Msr.ApicBase: return vcpu.Apic.TrySetBase((ApicBase)value);
            case Msr.Efer: return TryWriteEfer(vcpu, (Efer)value);
            case Msr.Pat:
                if (!IsPat(value)) return false;
                vcpu.State.Pat = value;
                return true;
            case Msr.FsBase: return TrySetSegmentBase(vcpu, SegmentName.Fs, value);
            case Msr.GsBase: return TrySetSegmentBase(vcpu, SegmentName.Gs, value);
            case Msr.LStar or Msr.CStar or Msr.KernelGsBase or Msr.SysenterEsp or Msr.SysenterEip:
                return IsCanonical(value) && vcpu.State.TryWriteSwitchedMsr(msr, value);
            case Msr.TscAux: return value <= uint.MaxValue && vcpu.State.TryWriteSwitchedMsr(msr, value);
            case Msr.MachineCheckStatus:
                if ((value & ~MachineCheckStatusMask) != 0) return false;
                vcpu.Msrs.MachineCheckStatus = value;
                return true;
            // No branch records: nothing can be switched on.
            case Msr.DebugControl: return value == 0;
            case Msr.P5MachineCheckAddress or Msr.P5MachineCheckType or Msr.MicrocodeRevision: return true;
            case Msr.KvmSystemTime or Msr.KvmSystemTimeOld: return vcpu.Msrs.Clock.TrySetAddress(value);
            case Msr.KvmWallClock or Msr.KvmWallClockOld: return vcpu.Msrs.Clock.TryWriteWallClock(value);
            case Msr.KvmStealTime: return vcpu.Msrs.StealTime.TrySetAddress(value);
        }
        var cpuid = vcpu.Machine.Cpuid;
        if (vcpu.State.TryWriteSwitchedMsr(msr, value) || vcpu.Msrs.MemoryTypes.TryWrite(msr, value, cpuid.PhysicalAddressBits)
            || vcpu.Machine.HyperV.TryWrite(vcpu, msr, value)) return true;
        return cpuid.IsAmd ? TryWriteAmd(vcpu, (Msr)msr, value) : TryWriteIntel(vcpu, (Msr)msr, value);
    }

    private static bool TryWriteAmd(VirtualCpu vcpu, Msr msr, ulong value)
    {
        switch (msr)
        {
            case Msr.HardwareConfiguration:
                vcpu.Msrs.HardwareConfiguration = value;
                return true;
            case Msr.DecodeConfiguration: return (value & ~LfenceSerializes) == 0;
            case Msr.MmioConfigurationBase: return value == 0;
            case Msr.SystemConfiguration or Msr.NorthbridgeConfiguration or Msr.PatchLoader or Msr.InterruptPending or Msr.DataCacheConfiguration
                or Msr.BusUnitConfiguration2:
                return true;
            default: return false;
        }
    }

    private static bool TryWriteIntel(VirtualCpu vcpu, Msr msr, ulong value)
    {
        switch (msr)
        {
            case Msr.MiscEnable:
                // Kernels switch off what firmware may have left on; what is not offered cannot be switched on, and nobody asks for it.
                vcpu.Msrs.MiscEnable = MiscEnable.AtReset & ~MiscEnable.FastStrings | (MiscEnable)value & MiscEnable.FastStrings;
                return true;
            // A guest's microcode is not loaded, and its revision stays.
            case Msr.MicrocodeUpdate: return true;
            default: return false;
        }
    }

    /// <summary>Whether an address is canonical with 48-bit linear addresses (AMD APM vol. 2, 5.3.1; Intel SDM vol. 1, 3.3.7.1).</summary>
    private static bool IsCanonical(ulong address) => (ulong)((long)(address << 16) >> 16) == address;

    /// <summary>
    /// Whether the PAT MSR may hold a value. Eight memory types: UC, WC, WT, WP, WB or UC- (AMD APM vol. 2, 7.8.1; Intel SDM vol. 3, 12.12.2). Types 2 and 3
    /// and bits 3 to 7 of each are reserved.
    /// </summary>
    public static bool IsPat(ulong value)
    {
        const ulong eachByte = 0x0101_0101_0101_0101;
        bool reserved = (value & 0xF8 * eachByte) != 0;
        ulong twoOrThree = value >> 1 & ~(value >> 2) & eachByte;
        return !reserved && twoOrThree == 0;
    }

    /// <summary>
    /// EFER (AMD APM vol. 2, 3.1.7; Intel SDM vol. 3, 2.2.1): bits that CPUID does not show are reserved, SVME among them; LME cannot change while paging
    /// is on; LMA is the processor's own, and what is written there is ignored.
    /// </summary>
    private static bool TryWriteEfer(VirtualCpu vcpu, Efer value)
    {
        var state = vcpu.State;
        Efer old = state.Efer;
        if ((value & ~(vcpu.Machine.Cpuid.SupportedEfer | Efer.LongModeActive)) != 0) return false;
        if (((old ^ value) & Efer.LongModeEnable) != 0 && (state.Cr0 & Cr0.Paging) != 0) return false;
        state.Efer = value & ~Efer.LongModeActive | old & Efer.LongModeActive;
        if (((old ^ value) & Efer.NoExecuteEnable) != 0) state.FlushTranslations();
        return true;
    }

    private static bool TrySetSegmentBase(VirtualCpu vcpu, SegmentName name, ulong value)
    {
        if (!IsCanonical(value)) return false;
        var segment = vcpu.State.GetSegment(name);
        segment.Base = value;
        vcpu.State.SetSegment(name, segment);
        return true;
    }

    /// <summary>The vCPU's TSC jumps: TSC_ADJUST counts it, and what was reckoned by the TSC is reckoned anew.</summary>
    private static void AddToTsc(VirtualCpu vcpu, ulong ticks)
    {
        vcpu.Msrs.TscAdjust += ticks;
        vcpu.State.TscOffset += ticks;
        vcpu.Msrs.Clock.TscChanged();
        if (vcpu.Apic.Timer.TscDeadline is var deadline and not 0) vcpu.Apic.Timer.TscDeadline = deadline;
    }
}
