using System;
using System.Buffers.Binary;

namespace Lamina.Core;

/// <summary>An ELF file of 32 or 64 bits for x86, as far as loaders need it (System V ABI, "Object Files"). Nothing in it is trusted.</summary>
internal readonly ref struct ElfImage
{
    /// <summary>A segment that is to be in memory.</summary>
    private const uint Load = 1;
    /// <summary>A segment of notes.</summary>
    private const uint Note = 4;
    private const ushort MachineX86 = 3, MachineX64 = 62;
    private const int HeaderLength32 = 52, HeaderLength64 = 64;

    private readonly ReadOnlySpan<byte> _file;
    private readonly bool _is64;
    private readonly ulong _segments;
    private readonly int _segmentLength;
    private readonly int _segmentCount;

    private ElfImage(ReadOnlySpan<byte> file)
    {
        _file = file;
        _is64 = file[4] == 2;
        Entry = _is64 ? U64(file, 24) : U32(file, 24);
        _segments = _is64 ? U64(file, 32) : U32(file, 28);
        _segmentLength = U16(file, _is64 ? 54 : 42);
        _segmentCount = U16(file, _is64 ? 56 : 44);
    }

    /// <summary>The entry: in an ELF64, a virtual address.</summary>
    public ulong Entry { get; }

    /// <summary>Takes a file. False when it is no ELF file for x86.</summary>
    public static bool TryOpen(ReadOnlySpan<byte> file, out ElfImage image)
    {
        image = default;
        if (file.Length < HeaderLength64 || !file[..4].SequenceEqual("\u007fELF"u8)) return false;
        // Class 1 or 2, little-endian.
        if (file[4] is not (1 or 2) || file[5] != 1 || U16(file, 18) is not (MachineX86 or MachineX64)) return false;
        image = new ElfImage(file);
        return image._segmentLength >= (image._is64 ? 56 : 32);
    }

    /// <summary>Puts all loadable segments at their physical addresses. <paramref name="end"/> is the end of the highest.</summary>
    public LoadResult LoadSegments(GuestMemory memory, out ulong end)
    {
        end = GuestMemoryMap.HighStart;
        ulong loaded = 0;
        for (int i = 0; i < _segmentCount; i++)
        {
            if (!TryGetSegment(i, out Segment segment)) return LoadResult.Truncated;
            if (segment.Type != Load || segment.MemoryLength == 0) continue;
            var result = LoadParts.Load(memory, segment.Address, _file, segment.Offset, segment.FileLength, segment.MemoryLength);
            if (result != LoadResult.Loaded) return result;
            end = Math.Max(end, segment.Address + segment.MemoryLength);
            // Segments that all lie over each other would take hours to clear.
            loaded += segment.MemoryLength;
            if (loaded > memory.Size) return LoadResult.BadHeader;
        }
        return end == GuestMemoryMap.HighStart ? LoadResult.BadHeader : LoadResult.Loaded;
    }

    /// <summary>The physical address of a virtual one; the address itself when no segment has it.</summary>
    public ulong PhysicalOf(ulong virtualAddress)
    {
        for (int i = 0; i < _segmentCount && TryGetSegment(i, out Segment segment); i++)
            if (segment.Type == Load && virtualAddress - segment.VirtualAddress < segment.MemoryLength)
                return virtualAddress - segment.VirtualAddress + segment.Address;
        return virtualAddress;
    }

    /// <summary>Finds a note by owner and type; <paramref name="value"/> is its first word, of 4 or 8 bytes.</summary>
    public bool TryFindNote(ReadOnlySpan<byte> owner, uint type, out ulong value)
    {
        value = 0;
        for (int i = 0; i < _segmentCount && TryGetSegment(i, out Segment segment); i++)
        {
            if (segment.Type != Note || !LoadParts.TrySlice(_file, segment.Offset, segment.FileLength, out var notes)) continue;
            if (TryFindNote(notes, owner, type, out value)) return true;
        }
        return false;
    }

    /// <summary>Notes are: length of the name, length of the value, type, name, value; each of the last two padded to 4 bytes.</summary>
    private static bool TryFindNote(ReadOnlySpan<byte> notes, ReadOnlySpan<byte> owner, uint type, out ulong value)
    {
        const int header = 12;
        value = 0;
        while (notes.Length >= header)
        {
            uint nameLength = U32(notes, 0), valueLength = U32(notes, 4);
            ulong valueStart = header + Pad(nameLength), next = valueStart + Pad(valueLength);
            if (valueStart + valueLength > (ulong)notes.Length) return false;
            if (U32(notes, 8) == type && notes.Slice(header, (int)nameLength).SequenceEqual(owner) && valueLength is sizeof(uint) or sizeof(ulong))
            {
                value = valueLength == sizeof(ulong) ? U64(notes, (int)valueStart) : U32(notes, (int)valueStart);
                return true;
            }
            if (next >= (ulong)notes.Length) return false;
            notes = notes[(int)next..];
        }
        return false;
    }

    private static ulong Pad(uint length) => (ulong)length + 3 & ~3UL;

    private struct Segment
    {
        public uint Type;
        public ulong Offset, VirtualAddress, Address, FileLength, MemoryLength;
    }

    private bool TryGetSegment(int index, out Segment segment)
    {
        segment = default;
        ulong at = _segments + (ulong)index * (uint)_segmentLength;
        if (at < _segments || !LoadParts.TrySlice(_file, at, (ulong)_segmentLength, out var header)) return false;
        segment.Type = U32(header, 0);
        segment.Offset = _is64 ? U64(header, 8) : U32(header, 4);
        segment.VirtualAddress = _is64 ? U64(header, 16) : U32(header, 8);
        segment.Address = _is64 ? U64(header, 24) : U32(header, 12);
        segment.FileLength = _is64 ? U64(header, 32) : U32(header, 16);
        segment.MemoryLength = _is64 ? U64(header, 40) : U32(header, 20);
        return true;
    }

    private static ushort U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);
    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
    private static ulong U64(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
}
