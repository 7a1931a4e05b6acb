using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>An IPv4 header without its options (RFC 791, 3.1).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct IPv4Header
{
    /// <summary>Bytes of it, without options.</summary>
    public const int Size = 20;
    /// <summary>The version.</summary>
    public const int Version = 4;
    private const int VersionShift = 4;
    private const int LengthMask = 0xF;
    private const int WordBytes = 4;
    private const ushort MoreFragmentsAndOffset = 0x3FFF;

    /// <summary>Version, and the header's length in words of 32 bits.</summary>
    public byte VersionAndLength;
    /// <summary>Differentiated services, and the bits of congestion notification.</summary>
    public byte TrafficClass;
    /// <summary>Bytes of header and payload.</summary>
    public BigEndian16 TotalLength;
    /// <summary>What fragments of one datagram have in common.</summary>
    public BigEndian16 Identification;
    /// <summary>Do not fragment, more fragments, and where a fragment belongs.</summary>
    public BigEndian16 Fragment;
    /// <summary>How many hops it may live.</summary>
    public byte TimeToLive;
    /// <summary>What follows.</summary>
    public IPProtocol Protocol;
    /// <summary>Makes the checksum of the header right.</summary>
    public BigEndian16 Checksum;
    /// <summary>From whom.</summary>
    public uint Source;
    /// <summary>To whom.</summary>
    public uint Destination;

    /// <summary>Whether the version is 4 and the length possible.</summary>
    public readonly bool IsValid => VersionAndLength >> VersionShift == Version && HeaderLength >= Size;
    /// <summary>Bytes of the header with its options.</summary>
    public readonly int HeaderLength => (VersionAndLength & LengthMask) * WordBytes;
    /// <summary>Whether it is a part of a datagram.</summary>
    public readonly bool IsFragment => (Fragment.Value & MoreFragmentsAndOffset) != 0;
}
