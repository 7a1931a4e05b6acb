namespace Lamina.Devices;

/// <summary>Commands of a network device's control queue (virtio 1.2, 5.1.6.5): class in the low byte, command in the high one, as they follow each other.</summary>
internal enum NetCommand : ushort
{
    /// <summary>VIRTIO_NET_CTRL_RX_PROMISC: a byte.</summary>
    Promiscuous = 0x00_00,
    /// <summary>VIRTIO_NET_CTRL_RX_ALLMULTI: a byte.</summary>
    AllMulticast = 0x01_00,
    /// <summary>VIRTIO_NET_CTRL_MAC_TABLE_SET: two lists of addresses.</summary>
    SetMacTable = 0x00_01,
    /// <summary>VIRTIO_NET_CTRL_MAC_ADDR_SET: an address.</summary>
    SetMacAddress = 0x01_01,
    /// <summary>VIRTIO_NET_CTRL_MQ_VQ_PAIRS_SET: a number of pairs, 16 bits.</summary>
    SetQueuePairs = 0x00_04,
    /// <summary>VIRTIO_NET_CTRL_GUEST_OFFLOADS_SET: feature bits, 64 of them.</summary>
    SetGuestOffloads = 0x00_05,
}
