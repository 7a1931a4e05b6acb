using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>A TCP header without its options (RFC 9293, 3.1).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct TcpHeader
{
    /// <summary>Bytes of it, without options.</summary>
    public const int Size = 20;
    /// <summary>Where the checksum lies in it.</summary>
    public const int ChecksumOffset = 16;
    private const int LengthShift = 4;
    private const int WordBytes = 4;

    /// <summary>From which port.</summary>
    public BigEndian16 SourcePort;
    /// <summary>To which port.</summary>
    public BigEndian16 DestinationPort;
    /// <summary>The place of the first byte of payload in the stream.</summary>
    public BigEndian32 Sequence;
    /// <summary>What was received so far.</summary>
    public BigEndian32 Acknowledgment;
    /// <summary>The header's length in words of 32 bits, in the upper half.</summary>
    public byte Length;
    /// <summary>The control bits.</summary>
    public TcpFlags Flags;
    /// <summary>How much may be sent.</summary>
    public BigEndian16 Window;
    /// <summary>Makes the checksum of pseudo-header, header and payload right.</summary>
    public BigEndian16 Checksum;
    /// <summary>Where urgent data ends.</summary>
    public BigEndian16 UrgentPointer;

    /// <summary>Bytes of the header with its options.</summary>
    public readonly int HeaderLength => (Length >> LengthShift) * WordBytes;
}
