namespace Lamina.Vmx;

/// <summary>The EPT pointer (Intel SDM vol. 3, 25.6.11, table 25-9).</summary>
public readonly struct EptPointer(ulong value)
{
    private const ulong WriteBack = 6;
    private const ulong FourLevels = (4 - 1) << 3;
    private const ulong AccessedAndDirty = 1 << 6;
    private const ulong RootMask = ~0xFFFUL;

    /// <summary>Of tables of four levels, which are write-back memory.</summary>
    /// <param name="root">HPA of the root table.</param>
    /// <param name="accessedAndDirty">Whether the CPU sets accessed and dirty bits.</param>
    public EptPointer(ulong root, bool accessedAndDirty) : this(root | FourLevels | WriteBack | (accessedAndDirty ? AccessedAndDirty : 0))
    {
    }

    /// <summary>Bits 0–2 memory type of the tables, 3–5 levels less one, 6 accessed and dirty bits, from 12 on the root's HPA.</summary>
    public ulong Value { get; } = value;

    /// <summary>HPA of the root table.</summary>
    public ulong Root => Value & RootMask;

    /// <summary>Whether the CPU sets accessed and dirty bits.</summary>
    public bool HasAccessedAndDirty => (Value & AccessedAndDirty) != 0;

    /// <summary>Whether the tables are write-back memory of four levels, and no other bit is set: what every CPU with EPT can do, but for bit 6.</summary>
    public bool IsWellFormed => (Value & ~RootMask & ~AccessedAndDirty) == (FourLevels | WriteBack);
}
