using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>struct virtio_blk_config (virtio 1.2, 5.2.4) as far as the features that are offered define it. Sectors are of 512 bytes throughout.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct BlockConfig
{
    /// <summary>Sectors of the disk.</summary>
    public ulong Capacity;
    /// <summary>The most bytes in a buffer.</summary>
    public uint SizeMax;
    /// <summary>The most buffers of data in a request.</summary>
    public uint SegMax;
    /// <summary>Geometry: not offered.</summary>
    public ushort Cylinders;
    /// <summary>Geometry: not offered.</summary>
    public byte Heads;
    /// <summary>Geometry: not offered.</summary>
    public byte Sectors;
    /// <summary>Bytes in a logical block.</summary>
    public uint BlockSize;
    /// <summary>Binary logarithm of the logical blocks in a physical one.</summary>
    public byte PhysicalBlockExponent;
    /// <summary>Logical blocks before the first aligned one.</summary>
    public byte AlignmentOffset;
    /// <summary>The least that is read and written well, in logical blocks.</summary>
    public ushort MinimumIoSize;
    /// <summary>The most that is, in logical blocks; 0 says nothing.</summary>
    public uint OptimalIoSize;
    /// <summary>Cache mode: not offered.</summary>
    public byte Writeback;
    /// <summary>Reserved.</summary>
    public byte Reserved0;
    /// <summary>How many queues there are: not offered, so one.</summary>
    public ushort QueueCount;
    /// <summary>The most sectors that one segment of a discard has.</summary>
    public uint MostDiscardSectors;
    /// <summary>The most segments in a discard.</summary>
    public uint MostDiscardSegments;
    /// <summary>Discards are for multiples of so many sectors.</summary>
    public uint DiscardAlignment;
    /// <summary>The most sectors that one segment of a request for zeroes has.</summary>
    public uint MostZeroesSectors;
    /// <summary>The most segments in one.</summary>
    public uint MostZeroesSegments;
    /// <summary>1: writing zeroes may give memory back.</summary>
    public byte ZeroesMayUnmap;
    /// <summary>Reserved.</summary>
    public byte Reserved1;
    /// <summary>Reserved.</summary>
    public byte Reserved2;
    /// <summary>Reserved.</summary>
    public byte Reserved3;
}
