using System;
using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>
/// Loads an ELF file by PVH (Xen documentation, "HVM direct boot ABI"): the entry stands in a note, the kernel starts in 32-bit protected mode without paging,
/// EBX at the start information.
/// </summary>
public static class PvhLoader
{
    /// <summary>XEN_ELFNOTE_PHYS32_ENTRY.</summary>
    private const uint EntryNote = 18;

    private static ReadOnlySpan<byte> NoteOwner => "Xen\0"u8;

    /// <summary>Loads; see <see cref="GuestLoader.Load"/>.</summary>
    public static LoadResult Load(BootFiles files, GuestMemory memory, ulong rsdp, VcpuState state)
    {
        if (!ElfImage.TryOpen(files.Kernel, out ElfImage image)) return LoadResult.NotElf;
        if (!image.TryFindNote(NoteOwner, EntryNote, out ulong entry)) return LoadResult.NoPvhNote;
        var result = image.LoadSegments(memory, out ulong end);
        if (result != LoadResult.Loaded) return result;
        if (entry < GuestMemoryMap.HighStart || entry >= end || entry > uint.MaxValue) return LoadResult.BadHeader;

        var area = new BootArea(memory);
        if (!area.TryReserve((uint)Unsafe.SizeOf<PvhStartInfo>(), out uint start)) return LoadResult.TooLittleMemory;
        var info = new PvhStartInfo { Magic = PvhStartInfo.ExpectedMagic, Version = PvhStartInfo.CurrentVersion, Rsdp = rsdp };
        if (!area.TryPlaceString(files.CommandLine, out uint commandLine)) return LoadResult.CommandLineTooLong;
        info.CommandLine = commandLine;
        result = PlaceModules(files, memory, ref area, end, ref info);
        if (result != LoadResult.Loaded) return result;
        if (!TryPlaceMap(memory, ref area, ref info)) return LoadResult.TooLittleMemory;
        memory.TryWrite(start, info);

        LoadParts.EnterProtectedMode(state, (uint)entry);
        state.Registers.Rbx = start;
        return LoadResult.Loaded;
    }

    private static LoadResult PlaceModules(BootFiles files, GuestMemory memory, ref BootArea area, ulong end, ref PvhStartInfo info)
    {
        uint entryLength = (uint)Unsafe.SizeOf<PvhModule>();
        int count = files.ModuleCount;
        if (count == 0) return LoadResult.Loaded;
        if ((uint)count > GuestMemoryMap.LowEnd / entryLength || !area.TryReserve((uint)count * entryLength, out uint list)) return LoadResult.TooLittleMemory;
        for (int i = 0; i < count; i++)
        {
            var bytes = files.Module(i);
            if (!LoadParts.TryPlaceModule(memory, bytes, ref end, out uint gpa)) return LoadResult.TooLittleMemory;
            if (!area.TryPlaceString(files.ModuleCommandLine(i), out uint text)) return LoadResult.CommandLineTooLong;
            memory.TryWrite(list + (uint)i * entryLength, new PvhModule { Address = gpa, Length = (uint)bytes.Length, CommandLine = text });
        }
        info.ModuleCount = (uint)count;
        info.Modules = list;
        return LoadResult.Loaded;
    }

    private static bool TryPlaceMap(GuestMemory memory, ref BootArea area, ref PvhStartInfo info)
    {
        uint entryLength = (uint)Unsafe.SizeOf<PvhMemoryMapEntry>();
        Span<MemoryMapEntry> map = stackalloc MemoryMapEntry[GuestMemoryMap.MostEntries];
        int count = GuestMemoryMap.Write(memory, map);
        if (!area.TryReserve((uint)count * entryLength, out uint gpa)) return false;
        for (int i = 0; i < count; i++) memory.TryWrite(gpa + (uint)i * entryLength, new PvhMemoryMapEntry { Entry = map[i] });
        info.MemoryMap = gpa;
        info.MemoryMapCount = (uint)count;
        return true;
    }
}
