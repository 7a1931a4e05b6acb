namespace Lamina.Devices;

/// <summary>Feature bits of a block device (virtio 1.2, 5.2.3), those that are offered here.</summary>
public static class BlockFeature
{
    /// <summary>VIRTIO_BLK_F_SIZE_MAX: a buffer has at most size_max bytes.</summary>
    public const ulong SizeMax = 1UL << 1;
    /// <summary>VIRTIO_BLK_F_SEG_MAX: a request has at most seg_max buffers of data.</summary>
    public const ulong SegMax = 1UL << 2;
    /// <summary>VIRTIO_BLK_F_RO: nothing can be written.</summary>
    public const ulong ReadOnly = 1UL << 5;
    /// <summary>VIRTIO_BLK_F_BLK_SIZE: blk_size is what the disk likes to be used by.</summary>
    public const ulong BlockSize = 1UL << 6;
    /// <summary>VIRTIO_BLK_F_FLUSH: there is a flush request.</summary>
    public const ulong Flush = 1UL << 9;
    /// <summary>VIRTIO_BLK_F_TOPOLOGY: the disk says in which blocks it really works.</summary>
    public const ulong Topology = 1UL << 10;
    /// <summary>VIRTIO_BLK_F_DISCARD: there is a discard request.</summary>
    public const ulong Discard = 1UL << 13;
    /// <summary>VIRTIO_BLK_F_WRITE_ZEROES: there is a request that writes zeroes.</summary>
    public const ulong WriteZeroes = 1UL << 14;

    /// <summary>Of every disk.</summary>
    internal const ulong OfAll = SizeMax | SegMax | BlockSize | Topology;
    /// <summary>Of a disk that can be written.</summary>
    internal const ulong OfWritable = OfAll | Flush | Discard | WriteZeroes;
}
