using System;

namespace Lamina.Vmx;

/// <summary>The exit qualification of an EPT violation (Intel SDM vol. 3, 28.2.1, table 28-7).</summary>
[Flags]
public enum EptViolationQualification : ulong
{
    /// <summary>Data was read.</summary>
    Read = 1 << 0,
    /// <summary>Data was written. A read that becomes a write, and an update of the guest's page tables, set both.</summary>
    Write = 1 << 1,
    /// <summary>An instruction was fetched.</summary>
    Fetch = 1 << 2,
    /// <summary>EPT allows reads there.</summary>
    Readable = 1 << 3,
    /// <summary>EPT allows writes there.</summary>
    Writable = 1 << 4,
    /// <summary>EPT allows fetches there.</summary>
    Executable = 1 << 5,
    /// <summary>The guest-linear address is valid.</summary>
    LinearAddressValid = 1 << 7,
    /// <summary>With <see cref="LinearAddressValid"/>: at the final address of the access; clear: on a walk of the guest's own page tables.</summary>
    FinalAddress = 1 << 8,
    /// <summary>The fault came of an IRET that had ended the blocking of NMIs.</summary>
    UnblockedByIret = 1 << 12,
}
