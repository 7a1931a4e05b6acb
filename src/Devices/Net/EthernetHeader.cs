using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>The header of an Ethernet frame (IEEE 802.3, 3.1.1), without the check sequence, which virtual cards do not have.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct EthernetHeader
{
    /// <summary>Bytes of it.</summary>
    public const int Size = 14;
    /// <summary>Bytes of a VLAN tag, which stands before <see cref="Type"/>: an <see cref="EtherType"/> and the tag's own 16 bits.</summary>
    public const int TagSize = 4;

    /// <summary>To whom: bytes 0 to 3 of the address.</summary>
    public uint DestinationStart;
    /// <summary>To whom: bytes 4 and 5.</summary>
    public ushort DestinationEnd;
    /// <summary>From whom: bytes 0 to 3.</summary>
    public uint SourceStart;
    /// <summary>From whom: bytes 4 and 5.</summary>
    public ushort SourceEnd;
    /// <summary>An <see cref="EtherType"/>.</summary>
    public BigEndian16 Type;
}
