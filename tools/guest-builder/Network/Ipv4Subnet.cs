using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Lamina.GuestBuilder.Network;

/// <summary>An IPv4 address with the length of its network's prefix: <c>10.76.1.2/30</c>.</summary>
/// <param name="Address">In host byte order.</param>
/// <param name="PrefixLength">0 to 32 bits.</param>
public readonly record struct Ipv4Subnet(uint Address, int PrefixLength)
{
    private const int AddressBits = 32;

    /// <summary>The network's mask, in host byte order.</summary>
    public uint Mask => PrefixLength == 0 ? 0 : uint.MaxValue << (AddressBits - PrefixLength);

    /// <summary>The network's own address: all of its host bits are zero.</summary>
    public uint NetworkAddress => Address & Mask;

    /// <summary>The address to which all of the network listens: all of its host bits are one.</summary>
    public uint Broadcast => Address | ~Mask;

    /// <summary>Whether <paramref name="address"/> is one that a machine of this network may have.</summary>
    public bool HasHost(uint address) => (address & Mask) == NetworkAddress && address != NetworkAddress && address != Broadcast;

    /// <summary>Whether any address is in both networks.</summary>
    public bool Overlaps(Ipv4Subnet other) => ((Address ^ other.Address) & Mask & other.Mask) == 0;

    /// <summary>The network's <paramref name="number"/>th address, counted from its own.</summary>
    public uint Host(uint number) => NetworkAddress + number;

    /// <summary>Reads four numbers with dots between them; nothing shorter, and no octal.</summary>
    public static bool TryParseAddress(string text, out uint address)
    {
        address = 0;
        if (!IPAddress.TryParse(text, out IPAddress? parsed) || parsed.AddressFamily != AddressFamily.InterNetwork || parsed.ToString() != text)
            return false;
        address = BinaryPrimitives.ReadUInt32BigEndian(parsed.GetAddressBytes());
        return true;
    }

    /// <summary>Reads an address, a slash and the length of the prefix.</summary>
    public static bool TryParse(string text, out Ipv4Subnet subnet)
    {
        subnet = default;
        string[] parts = text.Split('/');
        if (parts.Length != 2 || !TryParseAddress(parts[0], out uint address)
            || !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out int length) || length > AddressBits)
        {
            return false;
        }

        subnet = new Ipv4Subnet(address, length);
        return true;
    }

    /// <summary>An address with dots.</summary>
    public static string Text(uint address)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        return new IPAddress(bytes).ToString();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Text(Address)}/{PrefixLength}");
}
