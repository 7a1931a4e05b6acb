using System;

namespace Lamina.Vmx;

/// <summary>Primary VM-exit controls (Intel SDM vol. 3, 25.7.1, table 25-13).</summary>
[Flags]
public enum ExitControls : uint
{
    /// <summary>DR7 and IA32_DEBUGCTL are saved.</summary>
    SaveDebugControls = 1 << 2,
    /// <summary>The host runs in 64-bit mode.</summary>
    HostAddressSpaceSize = 1 << 9,
    /// <summary>The host's IA32_PERF_GLOBAL_CTRL is loaded.</summary>
    LoadPerformanceGlobalControl = 1 << 12,
    /// <summary>A physical interrupt is acknowledged, its vector reported.</summary>
    AcknowledgeInterrupt = 1 << 15,
    /// <summary>IA32_PAT is saved.</summary>
    SavePat = 1 << 18,
    /// <summary>The host's IA32_PAT is loaded.</summary>
    LoadPat = 1 << 19,
    /// <summary>IA32_EFER is saved.</summary>
    SaveEfer = 1 << 20,
    /// <summary>The host's IA32_EFER is loaded.</summary>
    LoadEfer = 1 << 21,
    /// <summary>The VMX-preemption timer is saved.</summary>
    SavePreemptionTimer = 1 << 22,
    /// <summary>IA32_BNDCFGS becomes 0.</summary>
    ClearBoundConfiguration = 1 << 23,
    /// <summary>Processor Trace does not show the exit.</summary>
    ConcealFromProcessorTrace = 1 << 24,
    /// <summary>IA32_RTIT_CTL becomes 0.</summary>
    ClearProcessorTraceControl = 1 << 25,
    /// <summary>IA32_LBR_CTL becomes 0.</summary>
    ClearLastBranchControl = 1 << 26,
    /// <summary>The host's CET state is loaded.</summary>
    LoadControlFlowEnforcement = 1 << 28,
    /// <summary>The host's IA32_PKRS is loaded.</summary>
    LoadSupervisorProtectionKeys = 1 << 29,
    /// <summary>IA32_PERF_GLOBAL_CTRL is saved.</summary>
    SavePerformanceGlobalControl = 1 << 30,
    /// <summary>The secondary VM-exit controls count.</summary>
    ActivateSecondaryExitControls = 1u << 31,
}
