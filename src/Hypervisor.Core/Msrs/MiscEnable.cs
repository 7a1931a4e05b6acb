using System;

namespace Lamina.Core;

/// <summary>IA32_MISC_ENABLE, MSR 0x1A0, of Intel's CPUs (Intel SDM vol. 4, table 2-2): the bits that are told or taken.</summary>
[Flags]
public enum MiscEnable : ulong
{
    /// <summary>Fast strings: REP MOVS and STOS by whole cache lines. The one bit that a guest may change; it changes nothing.</summary>
    FastStrings = 1 << 0,
    /// <summary>There is no branch trace store; read-only.</summary>
    BranchTraceUnavailable = 1 << 11,
    /// <summary>There are no precise event-based samples; read-only.</summary>
    PreciseEventsUnavailable = 1 << 12,
    /// <summary>CPUID has no leaves above 3: for systems of the last century.</summary>
    LimitCpuid = 1 << 22,
    /// <summary>No-execute pages are off and hidden.</summary>
    NoExecuteDisable = 1UL << 34,

    /// <summary>What guests find: no monitoring of performance, no SpeedStep and no MONITOR, as CPUID says.</summary>
    AtReset = FastStrings | BranchTraceUnavailable | PreciseEventsUnavailable,
}
