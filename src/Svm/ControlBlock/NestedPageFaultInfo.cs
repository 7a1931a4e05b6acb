using System;

namespace Lamina.Svm;

/// <summary>EXITINFO1 of a nested page fault (AMD APM vol. 2, 15.25.6): the error code of a page fault, and what was being done.</summary>
[Flags]
public enum NestedPageFaultInfo : ulong
{
    /// <summary>P: the page is there, but not for this.</summary>
    Present = 1 << 0,
    /// <summary>RW: a write.</summary>
    Write = 1 << 1,
    /// <summary>US: always set.</summary>
    User = 1 << 2,
    /// <summary>RSV: a reserved bit is set in a nested entry.</summary>
    Reserved = 1 << 3,
    /// <summary>ID: a fetch.</summary>
    Fetch = 1 << 4,
    /// <summary>At the final address of the access.</summary>
    FinalAddress = 1UL << 32,
    /// <summary>On a walk of the guest's own page tables.</summary>
    GuestTableWalk = 1UL << 33,
}
