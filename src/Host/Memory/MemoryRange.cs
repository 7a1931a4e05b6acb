namespace Lamina.Host;

/// <summary>A range of host-physical memory of one kind. It never wraps: <see cref="MemoryMap"/> clips what it takes.</summary>
public readonly struct MemoryRange
{
    /// <summary>First byte (HPA).</summary>
    public readonly ulong Base;

    /// <summary>Length in bytes.</summary>
    public readonly ulong Length;

    /// <summary>What the range is.</summary>
    public readonly MemoryKind Kind;

    /// <summary>Makes a range of <paramref name="length"/> bytes at the HPA <paramref name="start"/>.</summary>
    public MemoryRange(ulong start, ulong length, MemoryKind kind)
    {
        Base = start;
        Length = length;
        Kind = kind;
    }

    /// <summary>The first byte after the range (HPA).</summary>
    public ulong End => Base + Length;
}
