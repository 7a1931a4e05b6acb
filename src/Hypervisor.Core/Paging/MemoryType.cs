namespace Lamina.Core;

/// <summary>How the CPU caches a page.</summary>
public enum MemoryType : byte
{
    /// <summary>WB: RAM.</summary>
    WriteBack,
    /// <summary>UC: device registers.</summary>
    Uncached,
    /// <summary>WC: frame buffers.</summary>
    WriteCombining,
}
