using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>struct virtio_blk_discard_write_zeroes (virtio 1.2, 5.2.6): the range of a discard or of zeroes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct BlockRange
{
    /// <summary>Bit 0 of <see cref="Flags"/>: writing zeroes may give memory back. Not for a discard.</summary>
    public const uint Unmap = 1;

    /// <summary>The first sector.</summary>
    public ulong Sector;
    /// <summary>How many.</summary>
    public uint Count;
    /// <summary>Unmap; the rest is reserved.</summary>
    public uint Flags;
}
