using System;
using System.Buffers.Binary;

namespace Lamina.Host;

/// <summary>
/// An ACPI table in memory (ACPI 6.5, 5.2.6): 36 bytes of header, then what its signature says. Only a table whose length
/// and checksum hold comes out of <see cref="TryOpen"/>.
/// </summary>
public readonly ref struct AcpiTable
{
    /// <summary>Bytes of the header that every table begins with.</summary>
    public const int HeaderSize = 36;

    private const int MaximumLength = 16 << 20;
    private const int LengthField = 4;
    private const int RevisionField = 8;

    /// <summary>The whole table, header included.</summary>
    public readonly ReadOnlySpan<byte> Bytes;

    private AcpiTable(ReadOnlySpan<byte> bytes) => Bytes = bytes;

    /// <summary>Four letters, the first in the lowest byte.</summary>
    public uint Signature => UInt32(0);

    /// <summary>The revision of the table's layout.</summary>
    public byte Revision => Byte(RevisionField);

    /// <summary>Opens the table at the HPA <paramref name="address"/>.</summary>
    /// <returns>False when it is not in memory, its length is impossible, or its bytes do not sum to zero.</returns>
    public static bool TryOpen(PhysicalBytes memory, ulong address, out AcpiTable table)
    {
        table = default;
        if (address == 0 || !memory.TryView(address, HeaderSize, out ReadOnlySpan<byte> header))
            return false;
        uint length = BinaryPrimitives.ReadUInt32LittleEndian(header[LengthField..]);
        if (length is < HeaderSize or > MaximumLength || !memory.TryView(address, (int)length, out ReadOnlySpan<byte> bytes))
            return false;
        if (Sum(bytes) != 0)
            return false;
        table = new AcpiTable(bytes);
        return true;
    }

    /// <summary>Four letters as <see cref="Signature"/> has them.</summary>
    public static uint SignatureOf(string letters) =>
        letters[0] | ((uint)letters[1] << 8) | ((uint)letters[2] << 16) | ((uint)letters[3] << 24);

    /// <summary>The sum of all bytes, as ACPI's checksums want it: 0 when they are whole.</summary>
    public static byte Sum(ReadOnlySpan<byte> bytes)
    {
        byte sum = 0;
        for (int i = 0; i < bytes.Length; i++)
            sum += bytes[i];
        return sum;
    }

    /// <summary>The byte at an offset; 0 past the end, as older revisions leave later fields out.</summary>
    public byte Byte(int offset) => offset < Bytes.Length ? Bytes[offset] : (byte)0;

    /// <summary>The 16-bit word at an offset; 0 past the end.</summary>
    public ushort UInt16(int offset) =>
        offset <= Bytes.Length - sizeof(ushort) ? BinaryPrimitives.ReadUInt16LittleEndian(Bytes[offset..]) : (ushort)0;

    /// <summary>The 32-bit word at an offset; 0 past the end.</summary>
    public uint UInt32(int offset) =>
        offset <= Bytes.Length - sizeof(uint) ? BinaryPrimitives.ReadUInt32LittleEndian(Bytes[offset..]) : 0;

    /// <summary>The 64-bit word at an offset; 0 past the end.</summary>
    public ulong UInt64(int offset) =>
        offset <= Bytes.Length - sizeof(ulong) ? BinaryPrimitives.ReadUInt64LittleEndian(Bytes[offset..]) : 0;
}
