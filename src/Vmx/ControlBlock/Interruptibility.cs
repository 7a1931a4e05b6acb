using System;

namespace Lamina.Vmx;

/// <summary>Guest interruptibility state: what holds events off (Intel SDM vol. 3, 25.4.2, table 25-3).</summary>
[Flags]
public enum Interruptibility : uint
{
    /// <summary>By STI, for one instruction.</summary>
    BlockedBySti = 1 << 0,
    /// <summary>By MOV SS or POP SS, for one instruction.</summary>
    BlockedByMovSs = 1 << 1,
    /// <summary>SMIs are held off.</summary>
    BlockedBySmi = 1 << 2,
    /// <summary>NMIs are held off: from an NMI to its IRET.</summary>
    BlockedByNmi = 1 << 3,
    /// <summary>The exit was in an enclave.</summary>
    EnclaveInterruption = 1 << 4,
}
