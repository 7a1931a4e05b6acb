using System;

namespace Lamina.Devices;

/// <summary>Flags before a frame (virtio 1.2, 5.1.6).</summary>
[Flags]
internal enum VirtioNetHeaderFlags : byte
{
    /// <summary>None.</summary>
    None = 0,
    /// <summary>VIRTIO_NET_HDR_F_NEEDS_CSUM: the checksum is half done.</summary>
    NeedsChecksum = 1 << 0,
    /// <summary>VIRTIO_NET_HDR_F_DATA_VALID: the checksum is right, and need not be looked at. To the driver only.</summary>
    DataValid = 1 << 1,
}
