using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>The configuration structure of a network device (virtio 1.2, 5.1.4), as far as its features go here.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct VirtioNetConfig
{
    /// <summary>Bytes of it.</summary>
    public const int Size = 12;
    /// <summary>VIRTIO_NET_S_LINK_UP.</summary>
    public const ushort LinkUp = 1;

    /// <summary>The address: bytes 0 to 3.</summary>
    public uint MacStart;
    /// <summary>The address: bytes 4 and 5.</summary>
    public ushort MacEnd;
    /// <summary>Whether there is a link.</summary>
    public ushort Status;
    /// <summary>How many queue pairs there are.</summary>
    public ushort MostQueuePairs;
    /// <summary>The right MTU, in bytes.</summary>
    public ushort Mtu;
}
