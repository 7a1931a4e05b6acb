namespace Lamina.Devices;

/// <summary>How a block request went (virtio 1.2, 5.2.6).</summary>
public enum BlockStatus : byte
{
    /// <summary>VIRTIO_BLK_S_OK.</summary>
    Ok = 0,
    /// <summary>VIRTIO_BLK_S_IOERR: it cannot be done.</summary>
    Error = 1,
    /// <summary>VIRTIO_BLK_S_UNSUPP: no such request is known.</summary>
    Unsupported = 2,
}
