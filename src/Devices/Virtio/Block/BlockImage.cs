using System;

namespace Lamina.Devices;

/// <summary>
/// What is on a virtual disk. All of it works on the exit way: it allocates nothing and throws nothing, and what cannot be done is answered by false, which the guest sees as an
/// I/O error. Ranges are in bytes; one that does not lie within the image is answered by false too, though <see cref="VirtioBlock"/> asks for none.
/// </summary>
public abstract class BlockImage
{
    /// <summary>Bytes in a sector (virtio 1.2, 5.2.4: always this, whatever the disk's own blocks are).</summary>
    public const int SectorSize = 512;

    /// <summary>An image of so many sectors.</summary>
    protected BlockImage(ulong sectorCount, bool isReadOnly)
    {
        SectorCount = sectorCount;
        IsReadOnly = isReadOnly;
    }

    /// <summary>How many sectors there are.</summary>
    public ulong SectorCount { get; }

    /// <summary>Whether nothing can be written.</summary>
    public bool IsReadOnly { get; }

    /// <summary>Its length in bytes.</summary>
    public ulong Length => SectorCount * SectorSize;

    /// <summary>Copies bytes out.</summary>
    public abstract bool Read(ulong offset, Span<byte> destination);

    /// <summary>Copies bytes in. When it fails, some may have been.</summary>
    public abstract bool Write(ulong offset, ReadOnlySpan<byte> source);

    /// <summary>Makes a range zero. It costs much less than to write it, for whole blocks.</summary>
    public abstract bool WriteZeroes(ulong offset, ulong length);

    /// <summary>A range is of no use to the guest any more; what it reads there is unspecified (virtio 1.2, 5.2.6.2), but its own or zero.</summary>
    public abstract bool Discard(ulong offset, ulong length);

    /// <summary>Whether a range lies within the image.</summary>
    protected bool Contains(ulong offset, ulong length) => offset <= Length && length <= Length - offset;
}
