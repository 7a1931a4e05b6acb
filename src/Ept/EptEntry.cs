using System;

namespace Lamina.Ept;

/// <summary>The bits of an EPT entry (Intel SDM vol. 3, 29.3.2, tables 29-1 to 29-7).</summary>
[Flags]
public enum EptEntry : ulong
{
    /// <summary>Reads are allowed.</summary>
    Read = 1 << 0,
    /// <summary>Writes are allowed.</summary>
    Write = 1 << 1,
    /// <summary>Fetches are allowed.</summary>
    Execute = 1 << 2,
    /// <summary>EPT memory type, 3 bits: 0 is UC. In entries that map pages only.</summary>
    MemoryTypeMask = 7 << 3,
    /// <summary>EPT memory type WC (1).</summary>
    WriteCombining = 1 << 3,
    /// <summary>EPT memory type WB (6).</summary>
    WriteBack = 6 << 3,
    /// <summary>A page of 2 MiB or 1 GiB rather than a table.</summary>
    LargePage = 1 << 7,
    /// <summary>Set by the CPU, where the EPT pointer asks for it: the entry was used.</summary>
    Accessed = 1 << 8,
    /// <summary>Set by the CPU, where the EPT pointer asks for it: the page was written. In entries that map pages only.</summary>
    Dirty = 1 << 9,

    /// <summary>All accesses.</summary>
    All = Read | Write | Execute,
}
