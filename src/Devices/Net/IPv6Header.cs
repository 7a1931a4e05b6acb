using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>An IPv6 header (RFC 8200, 3).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct IPv6Header
{
    /// <summary>Bytes of it.</summary>
    public const int Size = 40;
    /// <summary>The version.</summary>
    public const int Version = 6;
    /// <summary>Extension headers that are walked have a length in units of so many bytes, the first not counted (RFC 8200, 4.3).</summary>
    public const int ExtensionUnit = 8;
    private const int VersionShift = 4;

    /// <summary>Version, and the traffic class's higher half.</summary>
    public byte VersionAndClass;
    /// <summary>The traffic class's lower half, and the flow label's highest bits.</summary>
    public byte ClassAndLabel;
    /// <summary>The flow label's other bits.</summary>
    public BigEndian16 Label;
    /// <summary>Bytes behind this header.</summary>
    public BigEndian16 PayloadLength;
    /// <summary>What follows.</summary>
    public IPProtocol NextHeader;
    /// <summary>How many hops it may live.</summary>
    public byte HopLimit;
    /// <summary>From whom: the first half.</summary>
    public ulong SourceStart;
    /// <summary>From whom: the second half.</summary>
    public ulong SourceEnd;
    /// <summary>To whom: the first half.</summary>
    public ulong DestinationStart;
    /// <summary>To whom: the second half.</summary>
    public ulong DestinationEnd;

    /// <summary>Whether the version is 6.</summary>
    public readonly bool IsValid => VersionAndClass >> VersionShift == Version;
}
