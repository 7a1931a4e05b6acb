using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>A piece of a VM's memory map, as E820 gives it: 20 bytes (ACPI 6.5, 15.1).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct MemoryMapEntry(ulong start, ulong length, MemoryMapType type)
{
    /// <summary>Its first byte, a GPA.</summary>
    public ulong Start = start;
    /// <summary>Bytes.</summary>
    public ulong Length = length;
    /// <summary>What is there.</summary>
    public MemoryMapType Type = type;
}
