namespace Lamina.Core;

/// <summary>A contiguous piece of physical memory.</summary>
/// <param name="start">HPA of its first byte, 4 KiB-aligned.</param>
/// <param name="length">Bytes, a multiple of 4096.</param>
public readonly struct PhysicalExtent(ulong start, ulong length)
{
    /// <summary>HPA of its first byte.</summary>
    public readonly ulong Start = start;
    /// <summary>Bytes.</summary>
    public readonly ulong Length = length;
    /// <summary>The HPA behind its last byte.</summary>
    public ulong End => Start + Length;
}
