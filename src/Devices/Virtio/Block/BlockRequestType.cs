namespace Lamina.Devices;

/// <summary>What a block request asks for (virtio 1.2, 5.2.6).</summary>
public enum BlockRequestType : uint
{
    /// <summary>VIRTIO_BLK_T_IN: read.</summary>
    Read = 0,
    /// <summary>VIRTIO_BLK_T_OUT: write.</summary>
    Write = 1,
    /// <summary>VIRTIO_BLK_T_FLUSH: what was written is to be kept.</summary>
    Flush = 4,
    /// <summary>VIRTIO_BLK_T_GET_ID: the disk's name.</summary>
    GetId = 8,
    /// <summary>VIRTIO_BLK_T_DISCARD: a range is of no use any more.</summary>
    Discard = 11,
    /// <summary>VIRTIO_BLK_T_WRITE_ZEROES: a range becomes zero.</summary>
    WriteZeroes = 13,
}
