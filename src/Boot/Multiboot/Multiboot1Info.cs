using System;
using System.Buffers.Binary;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// Reads what a multiboot version 1 loader leaves (Multiboot Specification 0.6.96, 3.3). The structure and all that it
/// points to are the loader's words: each address is viewed, and so checked, before it is read.
/// </summary>
public static class Multiboot1Info
{
    /// <summary>What EAX holds at entry.</summary>
    public const uint Magic = 0x2BADB002;

    // Offsets of the fields.
    private const int Flags = 0;
    private const int CommandLine = 16;
    private const int ModuleCount = 20;
    private const int ModuleAddress = 24;
    private const int MapLength = 44;
    private const int MapAddress = 48;
    private const int FramebufferAddress = 88;
    private const int FramebufferPitch = 96;
    private const int FramebufferWidth = 100;
    private const int FramebufferHeight = 104;
    private const int FramebufferBits = 108;
    private const int FramebufferType = 109;
    private const int RedPosition = 110;
    private const int Size = 116;

    [Flags]
    private enum Has : uint
    {
        CommandLine = 1 << 2,
        Modules = 1 << 3,
        MemoryMap = 1 << 6,
        Framebuffer = 1 << 12,
    }

    // A memory map entry: its size (without this field), base, length and type.
    private const int MapEntrySize = 24;
    private const int MaximumMapLength = 64 << 10;

    private const int ModuleEntrySize = 16;

    /// <summary>Fills <paramref name="info"/> from the structure at the HPA <paramref name="address"/>.</summary>
    /// <returns>False when it cannot be used; <see cref="BootInfo.Problem"/> says why.</returns>
    public static bool TryRead(PhysicalBytes memory, ulong address, BootInfo info)
    {
        info.Way = BootWay.Multiboot1;
        if (!memory.TryView(address, Size, out ReadOnlySpan<byte> fields))
            return Fail(info, "the multiboot information structure is not in memory");

        var has = (Has)Read32(fields, Flags);
        if ((has & Has.MemoryMap) == 0)
            return Fail(info, "the multiboot loader gave no memory map");
        if (!ReadMap(memory, Read32(fields, MapAddress), Read32(fields, MapLength), info))
            return false;
        if ((has & Has.CommandLine) != 0)
            ReadParameters(memory, Read32(fields, CommandLine), info);
        if ((has & Has.Modules) != 0 && !ReadModules(memory, Read32(fields, ModuleAddress), Read32(fields, ModuleCount), info))
            return false;
        if ((has & Has.Framebuffer) != 0)
            info.Framebuffer = MultibootFramebuffer.Read(
                BinaryPrimitives.ReadUInt64LittleEndian(fields[FramebufferAddress..]),
                Read32(fields, FramebufferPitch),
                Read32(fields, FramebufferWidth),
                Read32(fields, FramebufferHeight),
                fields[FramebufferBits],
                fields[FramebufferType],
                fields[RedPosition]);
        return true;
    }

    internal static bool Fail(BootInfo info, string problem)
    {
        info.Problem = problem;
        return false;
    }

    internal static void ReadParameters(PhysicalBytes memory, ulong address, BootInfo info)
    {
        Span<byte> text = stackalloc byte[BootInfo.MaximumParameters];
        info.SetParameters(text[..memory.ReadString(address, text)]);
    }

    private static bool ReadMap(PhysicalBytes memory, uint address, uint length, BootInfo info)
    {
        if (length > MaximumMapLength || !memory.TryView(address, (int)length, out ReadOnlySpan<byte> map))
            return Fail(info, "the multiboot memory map is not in memory");

        for (int at = 0; at <= map.Length - MapEntrySize;)
        {
            uint size = Read32(map, at);
            if (size < MapEntrySize - sizeof(uint) || size > MaximumMapLength)
                return Fail(info, "an entry of the multiboot memory map is too short or too long");
            if (!info.Memory.Add(
                BinaryPrimitives.ReadUInt64LittleEndian(map[(at + 4)..]),
                BinaryPrimitives.ReadUInt64LittleEndian(map[(at + 12)..]),
                KindOf(Read32(map, at + 20))))
                return Fail(info, "the memory map has more ranges than fit");
            at += (int)size + sizeof(uint);
        }

        return true;
    }

    /// <summary>The kind of a memory map entry: its types are those of the BIOS's E820 (ACPI 6.5, table 15.2).</summary>
    internal static MemoryKind KindOf(uint type) => type switch
    {
        1 => MemoryKind.Usable,
        3 => MemoryKind.AcpiReclaimable,
        4 => MemoryKind.AcpiNvs,
        5 => MemoryKind.Bad,
        _ => MemoryKind.Reserved,
    };

    private static bool ReadModules(PhysicalBytes memory, uint address, uint count, BootInfo info)
    {
        if (count > BootInfo.MaximumFiles)
            return Fail(info, "the multiboot loader gave more modules than fit");
        for (uint i = 0; i < count; i++)
        {
            if (!memory.TryView(address + ((ulong)i * ModuleEntrySize), ModuleEntrySize, out ReadOnlySpan<byte> module))
                return Fail(info, "the multiboot module list is not in memory");
            if (!AddModule(info, Read32(module, 0), Read32(module, 4)))
                return false;
        }

        return true;
    }

    /// <summary>Adds the module that lies in [<paramref name="start"/>, <paramref name="end"/>) (HPA).</summary>
    internal static bool AddModule(BootInfo info, uint start, uint end)
    {
        if (end < start)
            return Fail(info, "a multiboot module ends before it begins");
        if (start % MemoryPlan.PageSize != 0)
            return Fail(info, "a multiboot module is not page-aligned, as the header asks");
        return info.AddFile(new BootFile(start, end - start)) || Fail(info, "the multiboot loader gave more modules than fit");
    }

    internal static uint Read32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
