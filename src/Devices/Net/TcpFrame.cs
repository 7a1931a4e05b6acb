using System;
using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>
/// Where the headers of a TCP frame lie. Only frames that can be cut into segments are parsed: Ethernet with at most two VLAN tags, then IPv4 that is no fragment, or
/// IPv6 with hop-by-hop options, routing headers and destination options alone, then TCP. Anything else is "no", however well it may be formed.
/// </summary>
internal readonly struct TcpFrame
{
    /// <summary>The most bytes of headers that there may be; IPv4 with all options and two tags has 142.</summary>
    public const int MaxHeaderBytes = 256;
    private const int MaxTags = 2;

    private TcpFrame(int network, int transport, int payload, bool isIPv6)
    {
        Network = network;
        Transport = transport;
        Payload = payload;
        IsIPv6 = isIPv6;
    }

    /// <summary>Where the IP header begins.</summary>
    public int Network { get; }
    /// <summary>Where the TCP header begins.</summary>
    public int Transport { get; }
    /// <summary>Where the payload begins: the bytes of all headers.</summary>
    public int Payload { get; }
    /// <summary>IPv6, or else IPv4.</summary>
    public bool IsIPv6 { get; }

    /// <summary>Finds the headers. False when it is no TCP frame of that form, or not all of the headers are there.</summary>
    public static bool TryParse(ReadOnlySpan<byte> frame, out TcpFrame result)
    {
        result = default;
        var headers = frame.Length > MaxHeaderBytes ? frame[..MaxHeaderBytes] : frame;
        if (!TryFindNetwork(headers, out int network, out var type)) return false;
        bool isIPv6 = type == EtherType.IPv6;
        if (!(isIPv6 ? TryFindTcpV6(headers, network, out int transport) : TryFindTcpV4(headers, network, out transport))) return false;
        if (!TryRead(headers, transport, out TcpHeader tcp) || tcp.HeaderLength < TcpHeader.Size) return false;
        int payload = transport + tcp.HeaderLength;
        if (payload > headers.Length) return false;
        result = new TcpFrame(network, transport, payload, isIPv6);
        return true;
    }

    private static bool TryFindNetwork(ReadOnlySpan<byte> headers, out int network, out EtherType type)
    {
        network = EthernetHeader.Size;
        type = default;
        for (int tags = 0; tags <= MaxTags; tags++)
        {
            if (!TryRead(headers, network - sizeof(EtherType), out BigEndian16 next)) return false;
            type = (EtherType)next.Value;
            if (type is EtherType.IPv4 or EtherType.IPv6) return true;
            if (type is not (EtherType.CustomerTag or EtherType.ServiceTag)) return false;
            network += EthernetHeader.TagSize;
        }
        return false;
    }

    private static bool TryFindTcpV4(ReadOnlySpan<byte> headers, int network, out int transport)
    {
        transport = 0;
        if (!TryRead(headers, network, out IPv4Header ip) || !ip.IsValid || ip.IsFragment || ip.Protocol != IPProtocol.Tcp) return false;
        transport = network + ip.HeaderLength;
        return true;
    }

    private static bool TryFindTcpV6(ReadOnlySpan<byte> headers, int network, out int transport)
    {
        transport = network + IPv6Header.Size;
        if (!TryRead(headers, network, out IPv6Header ip) || !ip.IsValid) return false;
        var next = ip.NextHeader;
        while (next is IPProtocol.HopByHopOptions or IPProtocol.Routing or IPProtocol.DestinationOptions)
        {
            if (!TryRead(headers, transport, out ushort extension)) return false;
            next = (IPProtocol)(byte)extension;
            transport += ((extension >> 8) + 1) * IPv6Header.ExtensionUnit;
        }
        return next == IPProtocol.Tcp;
    }

    private static bool TryRead<T>(ReadOnlySpan<byte> headers, int offset, out T value) where T : unmanaged
    {
        if (offset <= headers.Length) return MemoryMarshal.TryRead(headers[offset..], out value);
        value = default;
        return false;
    }
}
