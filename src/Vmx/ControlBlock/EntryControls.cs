using System;

namespace Lamina.Vmx;

/// <summary>VM-entry controls (Intel SDM vol. 3, 25.8.1, table 25-15).</summary>
[Flags]
public enum EntryControls : uint
{
    /// <summary>DR7 and IA32_DEBUGCTL are loaded.</summary>
    LoadDebugControls = 1 << 2,
    /// <summary>The guest is in long mode: EFER.LMA.</summary>
    Ia32eModeGuest = 1 << 9,
    /// <summary>The guest is in system-management mode after the entry.</summary>
    EntryToSmm = 1 << 10,
    /// <summary>The dual-monitor treatment of SMM ends.</summary>
    DeactivateDualMonitor = 1 << 11,
    /// <summary>The guest's IA32_PERF_GLOBAL_CTRL is loaded.</summary>
    LoadPerformanceGlobalControl = 1 << 13,
    /// <summary>The guest's IA32_PAT is loaded.</summary>
    LoadPat = 1 << 14,
    /// <summary>The guest's IA32_EFER is loaded.</summary>
    LoadEfer = 1 << 15,
    /// <summary>The guest's IA32_BNDCFGS is loaded.</summary>
    LoadBoundConfiguration = 1 << 16,
    /// <summary>Processor Trace does not show the entry.</summary>
    ConcealFromProcessorTrace = 1 << 17,
    /// <summary>The guest's IA32_RTIT_CTL is loaded.</summary>
    LoadProcessorTraceControl = 1 << 18,
    /// <summary>The guest's CET state is loaded.</summary>
    LoadControlFlowEnforcement = 1 << 20,
    /// <summary>The guest's IA32_LBR_CTL is loaded.</summary>
    LoadLastBranchControl = 1 << 21,
    /// <summary>The guest's IA32_PKRS is loaded.</summary>
    LoadSupervisorProtectionKeys = 1 << 22,
}
