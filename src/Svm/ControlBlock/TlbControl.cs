namespace Lamina.Svm;

/// <summary>TLB_CONTROL: what is flushed at an entry (AMD APM vol. 2, 15.16.1).</summary>
public enum TlbControl : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>All entries of all ASIDs.</summary>
    FlushAll = 1,
    /// <summary>All of this guest's entries, with flush-by-ASID only.</summary>
    FlushGuest = 3,
}
