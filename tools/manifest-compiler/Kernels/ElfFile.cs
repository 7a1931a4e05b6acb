using System;
using System.Buffers.Binary;
using System.Collections.Generic;

namespace Lamina.Manifests.Kernels;

/// <summary>The program headers of a little-endian ELF, 32 or 64 bits wide: System V ABI, chapters 4 and 5.</summary>
internal static class ElfFile
{
    internal const uint SegmentLoad = 1;
    internal const uint SegmentNote = 4;

    private const int ClassOffset = 4;
    private const byte Class64 = 2;
    private const int Header32Length = 52;
    private const int Header64Length = 64;

    /// <summary>A program header's fields that are asked for here.</summary>
    internal readonly record struct Segment(uint Type, ulong FileOffset, ulong PhysicalAddress, ulong FileSize, ulong MemorySize);

    internal static bool IsElf(ReadOnlySpan<byte> file) => file.Length >= Header32Length && file[..4].SequenceEqual("\u007FELF"u8);

    /// <summary>The segments whose content lies wholly within the file.</summary>
    internal static IReadOnlyList<Segment> ReadSegments(ReadOnlySpan<byte> file)
    {
        var segments = new List<Segment>();
        bool is64 = file[ClassOffset] == Class64;
        if (is64 && file.Length < Header64Length)
            return segments;
        ulong table = is64 ? U64(file, 0x20) : U32(file, 0x1C);
        int entrySize = U16(file, is64 ? 0x36 : 0x2A);
        int count = U16(file, is64 ? 0x38 : 0x2C);
        int leastEntrySize = is64 ? 56 : 32;
        for (int i = 0; i < count && entrySize >= leastEntrySize; i++)
        {
            ulong offset = table + ((ulong)i * (ulong)entrySize);
            if (offset > (ulong)file.Length || (ulong)file.Length - offset < (ulong)entrySize)
                break;
            ReadOnlySpan<byte> entry = file.Slice((int)offset, entrySize);
            Segment segment = is64
                ? new Segment(U32(entry, 0), U64(entry, 0x08), U64(entry, 0x18), U64(entry, 0x20), U64(entry, 0x28))
                : new Segment(U32(entry, 0), U32(entry, 0x04), U32(entry, 0x0C), U32(entry, 0x10), U32(entry, 0x14));
            if (segment.FileOffset <= (ulong)file.Length && segment.FileSize <= (ulong)file.Length - segment.FileOffset)
                segments.Add(segment);
        }

        return segments;
    }

    private static ushort U16(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt16LittleEndian(data[offset..]);

    private static uint U32(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(data[offset..]);

    private static ulong U64(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt64LittleEndian(data[offset..]);
}
