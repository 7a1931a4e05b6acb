using System;
using System.Buffers.Binary;
using System.Globalization;
using System.Linq;
using System.Security.Cryptography;
using System.Text;

namespace Lamina.Manifests;

/// <summary>MAC addresses: as they are written, and as the compiler makes them. In both the first octet is bits 7:0.</summary>
internal static class MacAddress
{
    private const int Octets = 6;
    private const ulong OctetsMask = (1UL << (Octets * 8)) - 1;

    /// <summary>Bits 0 and 1 of the first octet (IEEE 802-2014, 8.2.2): for a group, and administered locally.</summary>
    private const ulong Group = 1;
    private const ulong Local = 2;

    /// <summary>Reads "52:54:00:12:34:56".</summary>
    internal static bool TryParse(string text, out ulong address)
    {
        address = 0;
        string[] octets = text.Split(':');
        if (octets.Length != Octets || octets.Any(octet => octet.Length != 2))
            return false;
        for (int i = 0; i < Octets; i++)
        {
            if (!byte.TryParse(octets[i], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte octet))
                return false;
            address |= (ulong)octet << (i * 8);
        }

        return true;
    }

    /// <summary>Writes one: "52:54:00:12:34:56".</summary>
    internal static string Format(ulong address) =>
        string.Join(':', Enumerable.Range(0, Octets).Select(i => ((byte)(address >> (i * 8))).ToString("x2", CultureInfo.InvariantCulture)));

    /// <summary>
    /// The address of an interface, VM/NAME, for which the manifest gives none: locally administered, unicast, and the same in every manifest that names it so.
    /// </summary>
    internal static ulong For(string fullName)
    {
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(fullName));
        return ((BinaryPrimitives.ReadUInt64LittleEndian(hash) & OctetsMask) | Local) & ~Group;
    }
}
