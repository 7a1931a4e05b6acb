namespace Lamina.Core;

/// <summary>What a page may be used for, and how it is cached.</summary>
public readonly struct PageAttributes(MemoryAccess access, MemoryType type)
{
    /// <summary>What is allowed. A page that is mapped can always be read, but for one that EPT lets be executed only.</summary>
    public readonly MemoryAccess Access = access;
    /// <summary>How it is cached.</summary>
    public readonly MemoryType Type = type;
}
