using System;

namespace Lamina.Core;

/// <summary>The bits of a page-table entry in long mode (AMD APM vol. 2, 5.4; Intel SDM vol. 3, 4.5; AMD's nested page tables have the same, 15.25.5).</summary>
[Flags]
public enum PageEntry : ulong
{
    /// <summary>P: the entry maps or leads to something.</summary>
    Present = 1 << 0,
    /// <summary>R/W: writes are allowed.</summary>
    Write = 1 << 1,
    /// <summary>U/S: CPL 3 is allowed. Every nested access counts as one of CPL 3.</summary>
    User = 1 << 2,
    /// <summary>PWT: bit 0 of the PAT index.</summary>
    WriteThrough = 1 << 3,
    /// <summary>PCD: bit 1 of the PAT index.</summary>
    CacheDisable = 1 << 4,
    /// <summary>A: set by the hardware when it is used.</summary>
    Accessed = 1 << 5,
    /// <summary>D: set by the hardware when the page is written.</summary>
    Dirty = 1 << 6,
    /// <summary>PS: a page of 2 MiB or 1 GiB rather than a table.</summary>
    LargePage = 1 << 7,
    /// <summary>G: kept when CR3 is loaded.</summary>
    Global = 1 << 8,
    /// <summary>NX: no fetches (with EFER.NXE).</summary>
    NoExecute = 1UL << 63,
    /// <summary>The physical address of a page or table, 52 bits.</summary>
    AddressMask = 0x000F_FFFF_FFFF_F000,
}
