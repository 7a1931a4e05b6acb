using System;
using System.Buffers.Binary;
using System.Linq;
using System.Text;

namespace Lamina.Host.Tests;

/// <summary>Makes ACPI tables by hand.</summary>
internal static class AcpiBuilder
{
    public static byte[] Table(string signature, params byte[] body)
    {
        byte[] table = new byte[AcpiTable.HeaderSize + body.Length];
        Encoding.ASCII.GetBytes(signature, table);
        BinaryPrimitives.WriteInt32LittleEndian(table.AsSpan(4), table.Length);
        body.CopyTo(table, AcpiTable.HeaderSize);
        return Seal(table, 9);
    }

    public static byte[] Seal(byte[] table, int checksumAt, int length = -1)
    {
        table[checksumAt] = 0;
        byte sum = AcpiTable.Sum(table.AsSpan(0, length < 0 ? table.Length : length));
        table[checksumAt] = (byte)-sum;
        return table;
    }

    public static byte[] Xsdt(params ulong[] tables) => Table("XSDT", tables.SelectMany(BitConverter.GetBytes).ToArray());

    public static byte[] Rsdt(params uint[] tables) => Table("RSDT", tables.SelectMany(BitConverter.GetBytes).ToArray());

    public static byte[] Pointer(byte revision, uint rsdt, ulong xsdt)
    {
        byte[] pointer = new byte[AcpiRoot.PointerSize];
        "RSD PTR "u8.CopyTo(pointer);
        pointer[15] = revision;
        BinaryPrimitives.WriteUInt32LittleEndian(pointer.AsSpan(16), rsdt);
        BinaryPrimitives.WriteUInt32LittleEndian(pointer.AsSpan(20), AcpiRoot.PointerSize);
        BinaryPrimitives.WriteUInt64LittleEndian(pointer.AsSpan(24), xsdt);
        Seal(pointer, 8, AcpiRoot.OldPointerSize);
        return Seal(pointer, 32);
    }

    /// <summary>A FADT of ACPI 6 (276 bytes) with 32-bit registers.</summary>
    public static byte[] Fadt(uint dsdt, uint pm1a, uint pm1b, uint pmTimer)
    {
        byte[] body = new byte[276 - AcpiTable.HeaderSize];
        void Write(int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(body.AsSpan(offset - AcpiTable.HeaderSize), value);
        Write(40, dsdt);
        Write(48, 0xB2);
        body[52 - 36] = 0xF1;
        Write(64, pm1a);
        Write(68, pm1b);
        Write(76, pmTimer);
        body[91 - 36] = 4;
        Write(112, (1 << 8) | (1 << 10));
        body[116 - 36] = 1;
        BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(120 - 36), 0xCF9);
        body[128 - 36] = 0x0F;
        return Table("FACP", body);
    }
}
