using System;
using System.Buffers.Binary;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// Reads what a multiboot version 2 loader leaves (Multiboot2 Specification 2.0, 3.6): a list of tags. Every length is
/// checked against the list before it is used.
/// </summary>
public static class Multiboot2Info
{
    /// <summary>What EAX holds at entry.</summary>
    public const uint Magic = 0x36D76289;

    private const int HeaderSize = 8;
    private const int TagHeaderSize = 8;
    private const int MaximumSize = 1 << 20;

    private enum Tag : uint
    {
        End = 0,
        CommandLine = 1,
        Module = 3,
        MemoryMap = 6,
        Framebuffer = 8,
        OldAcpi = 14,
        NewAcpi = 15,
    }

    /// <summary>Fills <paramref name="info"/> from the tags at the HPA <paramref name="address"/>.</summary>
    /// <returns>False when they cannot be used; <see cref="BootInfo.Problem"/> says why.</returns>
    public static bool TryRead(PhysicalBytes memory, ulong address, BootInfo info)
    {
        info.Way = BootWay.Multiboot2;
        if (!memory.TryView(address, HeaderSize, out ReadOnlySpan<byte> header))
            return Multiboot1Info.Fail(info, "the multiboot2 information is not in memory");
        uint size = Multiboot1Info.Read32(header, 0);
        if (size is < HeaderSize or > MaximumSize || !memory.TryView(address, (int)size, out ReadOnlySpan<byte> tags))
            return Multiboot1Info.Fail(info, "the multiboot2 information has an impossible size");

        bool mapSeen = false;
        for (int at = HeaderSize; at <= tags.Length - TagHeaderSize;)
        {
            var type = (Tag)Multiboot1Info.Read32(tags, at);
            uint length = Multiboot1Info.Read32(tags, at + 4);
            if (length < TagHeaderSize || length > (uint)(tags.Length - at))
                return Multiboot1Info.Fail(info, "a multiboot2 tag has an impossible size");
            if (type == Tag.End)
                break;
            mapSeen |= type == Tag.MemoryMap;
            if (!ReadTag(type, tags.Slice(at, (int)length), info))
                return false;
            at += (int)((length + 7) & ~7u);
        }

        return mapSeen || Multiboot1Info.Fail(info, "the multiboot2 loader gave no memory map");
    }

    private static bool ReadTag(Tag type, ReadOnlySpan<byte> tag, BootInfo info)
    {
        switch (type)
        {
            case Tag.CommandLine:
                info.SetParameters(tag[TagHeaderSize..]);
                return true;

            case Tag.Module:
                return tag.Length >= 16
                    ? Multiboot1Info.AddModule(info, Multiboot1Info.Read32(tag, 8), Multiboot1Info.Read32(tag, 12))
                    : Multiboot1Info.Fail(info, "a multiboot2 module tag is too short");

            case Tag.MemoryMap:
                return ReadMap(tag, info);

            case Tag.Framebuffer when tag.Length >= 32:
                info.Framebuffer = MultibootFramebuffer.Read(
                    BinaryPrimitives.ReadUInt64LittleEndian(tag[8..]),
                    Multiboot1Info.Read32(tag, 16),
                    Multiboot1Info.Read32(tag, 20),
                    Multiboot1Info.Read32(tag, 24),
                    tag[28],
                    tag[29],
                    tag.Length > 32 ? tag[32] : (byte)0);
                return true;

            // The tag holds a copy of the root pointer. The newer one wins, whichever comes first.
            case Tag.NewAcpi:
            case Tag.OldAcpi when info.AcpiRootPointer.IsEmpty:
                info.SetAcpiRootPointer(tag[TagHeaderSize..]);
                return true;

            default:
                return true;
        }
    }

    private static bool ReadMap(ReadOnlySpan<byte> tag, BootInfo info)
    {
        const int entries = 16;
        const int entryFields = 20;
        if (tag.Length < entries)
            return Multiboot1Info.Fail(info, "the multiboot2 memory map is too short");
        uint entrySize = Multiboot1Info.Read32(tag, 8);
        if (entrySize is < entryFields or > 4096)
            return Multiboot1Info.Fail(info, "an entry of the multiboot2 memory map is too short or too long");
        for (int at = entries; at <= tag.Length - (int)entrySize; at += (int)entrySize)
        {
            if (!info.Memory.Add(
                BinaryPrimitives.ReadUInt64LittleEndian(tag[at..]),
                BinaryPrimitives.ReadUInt64LittleEndian(tag[(at + 8)..]),
                Multiboot1Info.KindOf(Multiboot1Info.Read32(tag, at + 16))))
                return Multiboot1Info.Fail(info, "the memory map has more ranges than fit");
        }

        return true;
    }
}
