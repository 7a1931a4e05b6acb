using System;
using System.Buffers.Binary;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// The headers of a PE32+ image (Microsoft PE/COFF specification, revision 11) as they lie at its start: where its sections are and what may be done
/// with each. For our own image it is trusted like the image; it is bounds-checked all the same.
/// </summary>
public readonly ref struct ImageHeader
{
    /// <summary>Bytes to give; the headers of our image are in its first page.</summary>
    public const int Size = (int)MemoryPlan.PageSize;

    private const int PeOffsetField = 0x3C;
    private const int SectionCountField = 6;
    private const int OptionalSizeField = 20;
    private const int OptionalHeader = 24;
    private const int SizeOfImageField = OptionalHeader + 56;
    private const int ExceptionDirectoryField = OptionalHeader + 136;
    private const int SectionSize = 40;
    private const uint PeSignature = 0x0000_4550;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _pe;

    private ImageHeader(ReadOnlySpan<byte> bytes, int pe)
    {
        _bytes = bytes;
        _pe = pe;
    }

    /// <summary>Opens the headers.</summary>
    /// <returns>False when they are none.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> bytes, out ImageHeader header)
    {
        header = default;
        if (bytes.Length < PeOffsetField + sizeof(uint))
            return false;
        uint pe = BinaryPrimitives.ReadUInt32LittleEndian(bytes[PeOffsetField..]);
        if (pe > (uint)(bytes.Length - ExceptionDirectoryField - sizeof(ulong)) || bytes.Length < ExceptionDirectoryField + sizeof(ulong))
            return false;
        header = new ImageHeader(bytes, (int)pe);
        return header.UInt32(0) == PeSignature && header.FirstSection + (header.SectionCount * SectionSize) <= bytes.Length - (int)pe;
    }

    /// <summary>Bytes of the image in memory, a multiple of the page size.</summary>
    public ulong ImageLength => (UInt32(SizeOfImageField) + MemoryPlan.PageSize - 1) & ~(MemoryPlan.PageSize - 1);

    /// <summary>How many sections there are.</summary>
    public int SectionCount => (int)(UInt32(SectionCountField) & 0xFFFF);

    /// <summary>Image-relative address of the function table (<c>.pdata</c>).</summary>
    public uint FunctionTable => UInt32(ExceptionDirectoryField);

    /// <summary>Bytes of the function table.</summary>
    public uint FunctionTableLength => UInt32(ExceptionDirectoryField + sizeof(uint));

    /// <summary>The section <paramref name="index"/>.</summary>
    public ImageSection Section(int index)
    {
        int at = FirstSection + (index * SectionSize);
        uint length = Math.Max(UInt32(at + 8), UInt32(at + 16));
        return new ImageSection(BinaryPrimitives.ReadUInt64LittleEndian(_bytes[(_pe + at)..]), UInt32(at + 12), length, UInt32(at + 36));
    }

    private int FirstSection => OptionalHeader + (int)(UInt32(OptionalSizeField) & 0xFFFF);

    private uint UInt32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes[(_pe + at)..]);
}
