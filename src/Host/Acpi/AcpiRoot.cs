using System;
using System.Buffers.Binary;

namespace Lamina.Host;

/// <summary>
/// ACPI's list of tables: the RSDP (ACPI 6.5, 5.2.5) and the XSDT or RSDT that it points to (5.2.7, 5.2.8).
/// </summary>
public readonly struct AcpiRoot
{
    /// <summary>Bytes of the root pointer since ACPI 2.0.</summary>
    public const int PointerSize = 36;

    /// <summary>Bytes of the root pointer of ACPI 1.0, and of the part that its first checksum covers.</summary>
    public const int OldPointerSize = 20;

    private const int RevisionField = 15;
    private const int RsdtField = 16;
    private const int LengthField = 20;
    private const int XsdtField = 24;

    private readonly ulong _address;
    private readonly bool _wide;

    private AcpiRoot(ulong address, bool wide)
    {
        _address = address;
        _wide = wide;
    }

    private static ReadOnlySpan<byte> PointerSignature => "RSD PTR "u8;

    /// <summary>Whether these bytes are a root pointer: signature and checksums hold.</summary>
    public static bool IsPointer(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < OldPointerSize)
            return false;
        for (int i = 0; i < PointerSignature.Length; i++)
        {
            if (bytes[i] != PointerSignature[i])
                return false;
        }

        return AcpiTable.Sum(bytes[..OldPointerSize]) == 0;
    }

    /// <summary>Follows a root pointer.</summary>
    /// <param name="pointer">The bytes of the pointer; empty when there is none.</param>
    /// <param name="memory">Where the tables are.</param>
    /// <param name="root">The list of tables.</param>
    /// <returns>False when there is no usable list: the machine is run without ACPI then.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> pointer, PhysicalBytes memory, out AcpiRoot root)
    {
        root = default;
        if (!IsPointer(pointer))
            return false;
        bool extended = pointer[RevisionField] >= 2 && pointer.Length >= PointerSize
            && BinaryPrimitives.ReadUInt32LittleEndian(pointer[LengthField..]) >= PointerSize
            && AcpiTable.Sum(pointer[..PointerSize]) == 0;
        if (extended)
        {
            root = new AcpiRoot(BinaryPrimitives.ReadUInt64LittleEndian(pointer[XsdtField..]), true);
            if (AcpiTable.TryOpen(memory, root._address, out AcpiTable xsdt) && xsdt.Signature == AcpiTable.SignatureOf("XSDT"))
                return true;
        }

        root = new AcpiRoot(BinaryPrimitives.ReadUInt32LittleEndian(pointer[RsdtField..]), false);
        return AcpiTable.TryOpen(memory, root._address, out AcpiTable rsdt) && rsdt.Signature == AcpiTable.SignatureOf("RSDT");
    }

    /// <summary>Looks the root pointer up where a PC's BIOS has it (5.2.5.1): the first KiB of the EBDA, then 0xE0000–0xFFFFF.</summary>
    /// <returns>False when it is in neither.</returns>
    public static bool TryScanBios(PhysicalBytes memory, out ReadOnlySpan<byte> pointer)
    {
        const ulong extendedAreaSegment = 0x40E;
        if (memory.TryView(extendedAreaSegment, sizeof(ushort), out ReadOnlySpan<byte> segment))
        {
            ulong area = (ulong)BinaryPrimitives.ReadUInt16LittleEndian(segment) << 4;
            if (area != 0 && TryScan(memory, area, 1 << 10, out pointer))
                return true;
        }

        return TryScan(memory, 0xE0000, 128 << 10, out pointer);
    }

    /// <summary>How many tables the list names.</summary>
    public int Count(PhysicalBytes memory) =>
        AcpiTable.TryOpen(memory, _address, out AcpiTable list) ? (list.Bytes.Length - AcpiTable.HeaderSize) / EntrySize : 0;

    /// <summary>Opens the table <paramref name="index"/> of the list, if it is whole.</summary>
    public bool TryOpenTable(PhysicalBytes memory, int index, out AcpiTable table)
    {
        table = default;
        if (index < 0 || index >= Count(memory) || !AcpiTable.TryOpen(memory, _address, out AcpiTable list))
            return false;
        int at = AcpiTable.HeaderSize + (index * EntrySize);
        return AcpiTable.TryOpen(memory, _wide ? list.UInt64(at) : list.UInt32(at), out table);
    }

    /// <summary>Opens the first whole table with these four letters.</summary>
    public bool TryFind(PhysicalBytes memory, string signature, out AcpiTable table)
    {
        int count = Count(memory);
        for (int i = 0; i < count; i++)
        {
            if (TryOpenTable(memory, i, out table) && table.Signature == AcpiTable.SignatureOf(signature))
                return true;
        }

        table = default;
        return false;
    }

    private int EntrySize => _wide ? sizeof(ulong) : sizeof(uint);

    private static bool TryScan(PhysicalBytes memory, ulong start, int length, out ReadOnlySpan<byte> pointer)
    {
        const int step = 16;
        pointer = default;
        if (!memory.TryView(start, length, out ReadOnlySpan<byte> area))
            return false;
        for (int at = 0; at <= length - PointerSize; at += step)
        {
            if (!IsPointer(area[at..]))
                continue;
            pointer = area.Slice(at, PointerSize);
            return true;
        }

        return false;
    }
}
