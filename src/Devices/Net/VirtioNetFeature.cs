namespace Lamina.Devices;

/// <summary>Feature bits of a network device (virtio 1.2, 5.1.3): those that are offered here.</summary>
public static class VirtioNetFeature
{
    /// <summary>VIRTIO_NET_F_CSUM: the device completes checksums.</summary>
    public const ulong Checksum = 1UL << 0;
    /// <summary>VIRTIO_NET_F_GUEST_CSUM: the driver takes frames whose checksum is half done.</summary>
    public const ulong GuestChecksum = 1UL << 1;
    /// <summary>VIRTIO_NET_F_CTRL_GUEST_OFFLOADS: the driver changes what it takes while it runs.</summary>
    public const ulong ControlGuestOffloads = 1UL << 2;
    /// <summary>VIRTIO_NET_F_MTU: the device says which MTU is right.</summary>
    public const ulong Mtu = 1UL << 3;
    /// <summary>VIRTIO_NET_F_MAC: the device has an address.</summary>
    public const ulong Mac = 1UL << 5;
    /// <summary>VIRTIO_NET_F_GUEST_TSO4: the driver takes large frames of TCP over IPv4.</summary>
    public const ulong GuestTcpV4 = 1UL << 7;
    /// <summary>VIRTIO_NET_F_GUEST_TSO6: the same over IPv6.</summary>
    public const ulong GuestTcpV6 = 1UL << 8;
    /// <summary>VIRTIO_NET_F_GUEST_ECN: the same with CWR.</summary>
    public const ulong GuestCongestionNotification = 1UL << 9;
    /// <summary>VIRTIO_NET_F_HOST_TSO4: the device takes large frames of TCP over IPv4.</summary>
    public const ulong HostTcpV4 = 1UL << 11;
    /// <summary>VIRTIO_NET_F_HOST_TSO6: the same over IPv6.</summary>
    public const ulong HostTcpV6 = 1UL << 12;
    /// <summary>VIRTIO_NET_F_HOST_ECN: the same with CWR.</summary>
    public const ulong HostCongestionNotification = 1UL << 13;
    /// <summary>VIRTIO_NET_F_MRG_RXBUF: a received frame may lie in several buffers.</summary>
    public const ulong MergeableBuffers = 1UL << 15;
    /// <summary>VIRTIO_NET_F_STATUS: the device says whether there is a link.</summary>
    public const ulong Status = 1UL << 16;
    /// <summary>VIRTIO_NET_F_CTRL_VQ: there is a control queue.</summary>
    public const ulong ControlQueue = 1UL << 17;
    /// <summary>VIRTIO_NET_F_CTRL_RX: the driver says what it wants to receive.</summary>
    public const ulong ControlReceive = 1UL << 18;
    /// <summary>VIRTIO_NET_F_MQ: there are several queue pairs.</summary>
    public const ulong MultiQueue = 1UL << 22;
    /// <summary>VIRTIO_NET_F_CTRL_MAC_ADDR: the driver sets the address.</summary>
    public const ulong ControlMacAddress = 1UL << 23;

    /// <summary>What a driver may change of what it takes.</summary>
    internal const ulong GuestOffloads = GuestChecksum | GuestTcpV4 | GuestTcpV6 | GuestCongestionNotification;

    /// <summary>The bits of a sender's offloads.</summary>
    internal static ulong Sending(NetOffloads offloads) =>
        Bit(offloads, NetOffloads.Checksum, Checksum) | Bit(offloads, NetOffloads.TcpV4, HostTcpV4) | Bit(offloads, NetOffloads.TcpV6, HostTcpV6)
        | Bit(offloads, NetOffloads.CongestionNotification, HostCongestionNotification);

    /// <summary>The bits of a receiver's offloads.</summary>
    internal static ulong Receiving(NetOffloads offloads) =>
        Bit(offloads, NetOffloads.Checksum, GuestChecksum) | Bit(offloads, NetOffloads.TcpV4, GuestTcpV4) | Bit(offloads, NetOffloads.TcpV6, GuestTcpV6)
        | Bit(offloads, NetOffloads.CongestionNotification, GuestCongestionNotification);

    /// <summary>What a sender with these bits may leave undone. Without checksums it is nothing: the others require it (5.1.3.1).</summary>
    internal static NetOffloads SendingOf(ulong features) => (features & Checksum) == 0 ? NetOffloads.None
        : NetOffloads.Checksum | Offload(features, HostTcpV4, NetOffloads.TcpV4) | Offload(features, HostTcpV6, NetOffloads.TcpV6)
        | Offload(features, HostCongestionNotification, NetOffloads.CongestionNotification);

    /// <summary>What a receiver with these bits takes undone.</summary>
    internal static NetOffloads ReceivingOf(ulong features) => (features & GuestChecksum) == 0 ? NetOffloads.None
        : NetOffloads.Checksum | Offload(features, GuestTcpV4, NetOffloads.TcpV4) | Offload(features, GuestTcpV6, NetOffloads.TcpV6)
        | Offload(features, GuestCongestionNotification, NetOffloads.CongestionNotification);

    private static ulong Bit(NetOffloads offloads, NetOffloads offload, ulong bit) => (offloads & offload) != 0 ? bit : 0;

    private static NetOffloads Offload(ulong features, ulong bit, NetOffloads offload) => (features & bit) != 0 ? offload : NetOffloads.None;
}
