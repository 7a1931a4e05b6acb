using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>What stands before each frame in a <see cref="WireRing"/>. It is the hypervisor's own: no guest ever sees or writes it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct FrameRecord
{
    /// <summary>Bytes of it, a multiple of 16, so that frames begin aligned.</summary>
    public const int Size = 16;

    /// <summary>Bytes of the frame.</summary>
    public int Length;
    /// <summary>Bytes of payload in a segment, if it is to be cut.</summary>
    public ushort SegmentSize;
    /// <summary>From where on the checksum is to be computed, if it is half done.</summary>
    public ushort ChecksumStart;
    /// <summary>Where it is to be put, from there.</summary>
    public ushort ChecksumOffset;
    /// <summary>Bytes of all headers, if it is to be cut.</summary>
    public ushort HeaderLength;
    /// <summary>What its sender left undone.</summary>
    public NetOffloads Needs;
    /// <summary>From which of its sender's queue pairs it came.</summary>
    public byte QueuePair;
}
