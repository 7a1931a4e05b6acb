using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>ACPI's generic address structure (ACPI 6.5, table 5.1), here always of I/O ports.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct GenericAddress
{
    private const byte SystemIo = 1;
    private const int BitsPerByte = 8;

    /// <summary>Which space.</summary>
    public byte Space;
    /// <summary>Bits of the register.</summary>
    public byte BitWidth;
    /// <summary>Bit at which it begins.</summary>
    public byte BitOffset;
    /// <summary>1 for byte accesses, 2 for 16, 3 for 32 bits.</summary>
    public byte AccessSize;
    /// <summary>The first port.</summary>
    public ulong Address;

    /// <summary>Some bytes of ports, accessed by <paramref name="accessSize"/>.</summary>
    public static GenericAddress Ports(ushort first, byte bytes, byte accessSize) =>
        new() { Space = SystemIo, BitWidth = (byte)(bytes * BitsPerByte), AccessSize = accessSize, Address = first };
}
