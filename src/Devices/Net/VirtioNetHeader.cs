using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>What stands before each frame in a network device's queues (virtio 1.2, 5.1.6, struct virtio_net_hdr), little-endian.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct VirtioNetHeader
{
    /// <summary>Bytes of it, with the last field, which every modern device has (5.1.6).</summary>
    public const int Size = 12;

    /// <summary>What the checksum fields are about.</summary>
    public VirtioNetHeaderFlags Flags;
    /// <summary>How the frame is to be cut, or was put together.</summary>
    public VirtioNetSegmentation Segmentation;
    /// <summary>Bytes of all headers of a frame to be cut. A hint, never relied on (5.1.6.2.1).</summary>
    public ushort HeaderLength;
    /// <summary>Bytes of payload in a segment.</summary>
    public ushort SegmentSize;
    /// <summary>From where on the checksum is to be computed.</summary>
    public ushort ChecksumStart;
    /// <summary>Where it is to be put, from there.</summary>
    public ushort ChecksumOffset;
    /// <summary>How many buffers a received frame lies in; 0 in a frame to send.</summary>
    public ushort Buffers;
}
