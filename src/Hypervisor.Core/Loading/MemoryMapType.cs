namespace Lamina.Core;

/// <summary>What is in a piece of memory (ACPI 6.5, table 15.2).</summary>
public enum MemoryMapType : uint
{
    /// <summary>RAM.</summary>
    Ram = 1,
    /// <summary>Not for systems to use.</summary>
    Reserved = 2,
}
