using System;

namespace Lamina.Devices;

/// <summary>How a frame is to be cut into segments (virtio 1.2, 5.1.6): a kind, to which one flag may be added. UDP's kinds are not offered.</summary>
[Flags]
internal enum VirtioNetSegmentation : byte
{
    /// <summary>VIRTIO_NET_HDR_GSO_NONE: it is not.</summary>
    None = 0,
    /// <summary>VIRTIO_NET_HDR_GSO_TCPV4.</summary>
    TcpV4 = 1,
    /// <summary>VIRTIO_NET_HDR_GSO_TCPV6.</summary>
    TcpV6 = 4,
    /// <summary>VIRTIO_NET_HDR_GSO_ECN: its TCP header has CWR set, which only the first segment may keep.</summary>
    CongestionNotification = 0x80,
}
