namespace Lamina.Core;

/// <summary>A piece of a VM's RAM.</summary>
public readonly struct GuestMemoryRegion(ulong start, ulong length)
{
    /// <summary>Its first byte, a GPA, page-aligned.</summary>
    public readonly ulong Start = start;
    /// <summary>Its length in bytes, a multiple of 4096.</summary>
    public readonly ulong Length = length;
    /// <summary>The GPA behind its last byte.</summary>
    public ulong End => Start + Length;
}
