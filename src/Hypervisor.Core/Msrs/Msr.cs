namespace Lamina.Core;

/// <summary>
/// The MSRs that guests can reach and that are handled in software (AMD APM vol. 2, appendix A; Intel SDM vol. 4; KVM's from the Linux documentation,
/// "KVM-specific MSRs"). Those of an x2APIC are <see cref="LocalApicRegister"/>.
/// </summary>
public enum Msr : uint
{
    /// <summary>Machine-check address of the P5: reads as zero.</summary>
    P5MachineCheckAddress = 0x0,
    /// <summary>Machine-check type of the P5: reads as zero.</summary>
    P5MachineCheckType = 0x1,
    /// <summary>The time-stamp counter.</summary>
    Tsc = 0x10,
    /// <summary>KVM's wall clock, the old number.</summary>
    KvmWallClockOld = 0x11,
    /// <summary>KVM's system time, the old number.</summary>
    KvmSystemTimeOld = 0x12,
    /// <summary>Intel: platform ID.</summary>
    PlatformId = 0x17,
    /// <summary>The local APIC's base and mode.</summary>
    ApicBase = 0x1B,
    /// <summary>Intel: bus options at power-on.</summary>
    PowerOnOptions = 0x2A,
    /// <summary>Intel: which features firmware has enabled, and the lock.</summary>
    FeatureControl = 0x3A,
    /// <summary>What was added to the TSC.</summary>
    TscAdjust = 0x3B,
    /// <summary>Intel: loads microcode.</summary>
    MicrocodeUpdate = 0x79,
    /// <summary>The microcode's revision.</summary>
    MicrocodeRevision = 0x8B,
    /// <summary>Which MTRRs there are.</summary>
    MtrrCapabilities = 0xFE,
    /// <summary>SYSENTER: CS.</summary>
    SysenterCs = 0x174,
    /// <summary>SYSENTER: stack pointer.</summary>
    SysenterEsp = 0x175,
    /// <summary>SYSENTER: instruction pointer.</summary>
    SysenterEip = 0x176,
    /// <summary>Machine checks: how many banks.</summary>
    MachineCheckCapabilities = 0x179,
    /// <summary>Machine checks: status.</summary>
    MachineCheckStatus = 0x17A,
    /// <summary>Debug control: branch tracing.</summary>
    DebugControl = 0x1D9,
    /// <summary>The first of four: the last branch and the last exception's.</summary>
    LastBranchFrom = 0x1DB,
    /// <summary>The last of those.</summary>
    LastExceptionTo = 0x1DE,
    /// <summary>Intel: miscellaneous features.</summary>
    MiscEnable = 0x1A0,
    /// <summary>The first variable-range MTRR's base; bases and masks alternate.</summary>
    MtrrVariableFirst = 0x200,
    /// <summary>Fixed-range MTRR: 0 to 512 KiB.</summary>
    MtrrFixed64K = 0x250,
    /// <summary>Fixed-range MTRR: 512 to 640 KiB.</summary>
    MtrrFixed16KFirst = 0x258,
    /// <summary>Fixed-range MTRR: 640 to 768 KiB.</summary>
    MtrrFixed16KLast = 0x259,
    /// <summary>Fixed-range MTRRs: 768 KiB to 1 MiB, the first of eight.</summary>
    MtrrFixed4KFirst = 0x268,
    /// <summary>The last of those.</summary>
    MtrrFixed4KLast = 0x26F,
    /// <summary>The page attribute table.</summary>
    Pat = 0x277,
    /// <summary>MTRRs: default type and enable bits.</summary>
    MtrrDefaultType = 0x2FF,
    /// <summary>The deadline of the APIC timer.</summary>
    TscDeadline = 0x6E0,

    /// <summary>KVM's wall clock.</summary>
    KvmWallClock = 0x4B56_4D00,
    /// <summary>KVM's system time: the paravirtual clock.</summary>
    KvmSystemTime = 0x4B56_4D01,
    /// <summary>KVM's steal time.</summary>
    KvmStealTime = 0x4B56_4D03,

    /// <summary>EFER.</summary>
    Efer = 0xC000_0080,
    /// <summary>SYSCALL: selectors.</summary>
    Star = 0xC000_0081,
    /// <summary>SYSCALL: target in 64-bit mode.</summary>
    LStar = 0xC000_0082,
    /// <summary>SYSCALL: target in compatibility mode.</summary>
    CStar = 0xC000_0083,
    /// <summary>SYSCALL: which flags it clears (SF_MASK).</summary>
    SfMask = 0xC000_0084,
    /// <summary>FS's base.</summary>
    FsBase = 0xC000_0100,
    /// <summary>GS's base.</summary>
    GsBase = 0xC000_0101,
    /// <summary>The base that SWAPGS brings.</summary>
    KernelGsBase = 0xC000_0102,
    /// <summary>What RDTSCP gives in ECX.</summary>
    TscAux = 0xC000_0103,

    /// <summary>AMD: system configuration.</summary>
    SystemConfiguration = 0xC001_0010,
    /// <summary>AMD: hardware configuration (HWCR).</summary>
    HardwareConfiguration = 0xC001_0015,
    /// <summary>AMD: the end of RAM below 4 GiB.</summary>
    TopOfMemory = 0xC001_001A,
    /// <summary>AMD: the end of RAM above 4 GiB.</summary>
    TopOfMemory2 = 0xC001_001D,
    /// <summary>AMD: northbridge configuration.</summary>
    NorthbridgeConfiguration = 0xC001_001F,
    /// <summary>AMD: loads microcode.</summary>
    PatchLoader = 0xC001_0020,
    /// <summary>AMD: interrupt-pending messages (C1E).</summary>
    InterruptPending = 0xC001_0055,
    /// <summary>AMD: where PCI's memory-mapped configuration space is.</summary>
    MmioConfigurationBase = 0xC001_0058,
    /// <summary>AMD: base of SMM's segment.</summary>
    SmmAddress = 0xC001_0112,
    /// <summary>AMD: mask of SMM's segment.</summary>
    SmmMask = 0xC001_0113,
    /// <summary>AMD: data cache configuration.</summary>
    DataCacheConfiguration = 0xC001_1022,
    /// <summary>AMD: decode configuration (DE_CFG).</summary>
    DecodeConfiguration = 0xC001_1029,
    /// <summary>AMD: bus unit configuration 2.</summary>
    BusUnitConfiguration2 = 0xC001_102A,
}
