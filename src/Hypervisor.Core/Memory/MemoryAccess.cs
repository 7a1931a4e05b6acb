using System;

namespace Lamina.Core;

/// <summary>What may be done, or was tried, with memory.</summary>
[Flags]
public enum MemoryAccess : byte
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>Data is read.</summary>
    Read = 1 << 0,
    /// <summary>Data is written.</summary>
    Write = 1 << 1,
    /// <summary>Instructions are fetched.</summary>
    Execute = 1 << 2,
    /// <summary>From CPL 3 (for page walks).</summary>
    User = 1 << 3,
    /// <summary>Reads and writes.</summary>
    ReadWrite = Read | Write,
    /// <summary>All of them.</summary>
    All = Read | Write | Execute,
}
