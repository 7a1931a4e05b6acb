using System;

namespace Lamina.Core;

/// <summary>CR4 (AMD APM vol. 2, 3.1.3; Intel SDM vol. 3, 2.5).</summary>
[Flags]
public enum Cr4 : ulong
{
    /// <summary>VME.</summary>
    Virtual8086Extensions = 1 << 0,
    /// <summary>PVI.</summary>
    ProtectedVirtualInterrupts = 1 << 1,
    /// <summary>TSD.</summary>
    TimeStampDisable = 1 << 2,
    /// <summary>DE.</summary>
    DebuggingExtensions = 1 << 3,
    /// <summary>PSE: 4 MiB pages in 32-bit paging.</summary>
    PageSizeExtensions = 1 << 4,
    /// <summary>PAE.</summary>
    PhysicalAddressExtension = 1 << 5,
    /// <summary>MCE.</summary>
    MachineCheckEnable = 1 << 6,
    /// <summary>PGE.</summary>
    PageGlobalEnable = 1 << 7,
    /// <summary>PCE.</summary>
    PerformanceCounterEnable = 1 << 8,
    /// <summary>OSFXSR.</summary>
    OsFxsr = 1 << 9,
    /// <summary>OSXMMEXCPT.</summary>
    OsXmmExceptions = 1 << 10,
    /// <summary>UMIP.</summary>
    UserModeInstructionPrevention = 1 << 11,
    /// <summary>LA57: five-level paging.</summary>
    LinearAddress57 = 1 << 12,
    /// <summary>VMXE.</summary>
    VmxEnable = 1 << 13,
    /// <summary>FSGSBASE.</summary>
    FsGsBase = 1 << 16,
    /// <summary>PCIDE.</summary>
    ProcessContextIdentifiers = 1 << 17,
    /// <summary>OSXSAVE.</summary>
    OsXsave = 1 << 18,
    /// <summary>SMEP.</summary>
    SupervisorExecutionPrevention = 1 << 20,
    /// <summary>SMAP.</summary>
    SupervisorAccessPrevention = 1 << 21,
    /// <summary>PKE.</summary>
    ProtectionKeyEnable = 1 << 22,
    /// <summary>CET.</summary>
    ControlFlowEnforcement = 1 << 23,
}
