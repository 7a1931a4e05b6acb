using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// Loads a kernel by multiboot, version 1 (Multiboot Specification 0.6.96): by the addresses in its header or as an ELF file, whose entry is taken as 32-bit code
/// also where the file is an ELF64. The kernel starts in 32-bit protected mode without paging, EAX holds the magic, EBX the address of the information.
/// </summary>
public static class MultibootLoader
{
    private const uint LoaderMagic = 0x2BAD_B002;
    private const uint BytesPerKib = 1024;

    /// <summary>Loads; see <see cref="GuestLoader.Load"/>.</summary>
    public static LoadResult Load(BootFiles files, GuestMemory memory, VcpuState state)
    {
        if (!TryFindHeader(files.Kernel, out MultibootHeader header, out int offset)) return LoadResult.NoMultibootHeader;
        if ((header.Flags & MultibootHeaderFlags.Mandatory & ~MultibootHeaderFlags.Offered) != 0) return LoadResult.MultibootFeature;
        var result = (header.Flags & MultibootHeaderFlags.Addresses) != 0
            ? LoadByAddresses(files.Kernel, header, offset, memory, out uint entry, out ulong end)
            : LoadElf(files.Kernel, memory, out entry, out end);
        if (result != LoadResult.Loaded) return result;
        if (entry < GuestMemoryMap.HighStart || entry >= end) return LoadResult.BadHeader;

        result = Inform(files, memory, end, out uint information);
        if (result != LoadResult.Loaded) return result;
        LoadParts.EnterProtectedMode(state, entry);
        state.Registers.Rax = LoaderMagic;
        state.Registers.Rbx = information;
        return LoadResult.Loaded;
    }

    private static bool TryFindHeader(ReadOnlySpan<byte> kernel, out MultibootHeader header, out int offset)
    {
        int end = Math.Min(kernel.Length, MultibootHeader.SearchLength) - MultibootHeader.LeastLength;
        Span<byte> bytes = stackalloc byte[Unsafe.SizeOf<MultibootHeader>()];
        for (offset = 0; offset <= end; offset += sizeof(uint))
        {
            if (MemoryMarshal.Read<uint>(kernel[offset..]) != MultibootHeader.ExpectedMagic) continue;
            // A header without addresses may be the last thing in the file.
            bytes.Clear();
            var present = kernel[offset..];
            present[..Math.Min(present.Length, bytes.Length)].CopyTo(bytes);
            header = MemoryMarshal.Read<MultibootHeader>(bytes);
            if (header.Magic + (uint)header.Flags + header.Checksum == 0) return true;
        }
        header = default;
        return false;
    }

    private static LoadResult LoadByAddresses(
        ReadOnlySpan<byte> kernel, in MultibootHeader header, int offset, GuestMemory memory, out uint entry, out ulong end)
    {
        entry = header.Entry;
        end = 0;
        uint before = header.HeaderAddress - header.LoadAddress;
        if (header.HeaderAddress < header.LoadAddress || before > (uint)offset) return LoadResult.BadHeader;
        uint start = (uint)offset - before;
        ulong length = (uint)kernel.Length - start;
        if (header.LoadEnd != 0)
        {
            if (header.LoadEnd < header.LoadAddress) return LoadResult.BadHeader;
            length = header.LoadEnd - header.LoadAddress;
        }
        ulong memoryLength = length;
        if (header.BssEnd != 0)
        {
            if (header.BssEnd < header.LoadAddress + length) return LoadResult.BadHeader;
            memoryLength = header.BssEnd - header.LoadAddress;
        }
        end = header.LoadAddress + memoryLength;
        return LoadParts.Load(memory, header.LoadAddress, kernel, start, length, memoryLength);
    }

    private static LoadResult LoadElf(ReadOnlySpan<byte> kernel, GuestMemory memory, out uint entry, out ulong end)
    {
        entry = 0;
        end = 0;
        if (!ElfImage.TryOpen(kernel, out ElfImage image)) return LoadResult.NotElf;
        var result = image.LoadSegments(memory, out end);
        ulong address = image.PhysicalOf(image.Entry);
        if (address > uint.MaxValue) return LoadResult.BadHeader;
        entry = (uint)address;
        return result;
    }

    private static LoadResult Inform(BootFiles files, GuestMemory memory, ulong end, out uint gpa)
    {
        var area = new BootArea(memory);
        if (!area.TryReserve((uint)Unsafe.SizeOf<MultibootInformation>(), out gpa)) return LoadResult.TooLittleMemory;
        var information = new MultibootInformation
        {
            Flags = MultibootInformationFlags.Memory | MultibootInformationFlags.CommandLine | MultibootInformationFlags.Modules
                | MultibootInformationFlags.Map | MultibootInformationFlags.LoaderName,
            LowerMemory = (uint)GuestMemoryMap.LowEnd / BytesPerKib,
            UpperMemory = (uint)(GuestMemoryMap.EndOfLowRam(memory) - GuestMemoryMap.HighStart) / BytesPerKib,
        };
        if (!area.TryPlaceString("Lamina"u8, out information.LoaderName)) return LoadResult.TooLittleMemory;
        if (!area.TryPlaceString(files.CommandLine, out information.CommandLine)) return LoadResult.CommandLineTooLong;
        var result = PlaceModules(files, memory, ref area, end, ref information);
        if (result != LoadResult.Loaded) return result;
        if (!TryPlaceMap(memory, ref area, ref information)) return LoadResult.TooLittleMemory;
        memory.TryWrite(gpa, information);
        return LoadResult.Loaded;
    }

    private static LoadResult PlaceModules(BootFiles files, GuestMemory memory, ref BootArea area, ulong end, ref MultibootInformation information)
    {
        uint entryLength = (uint)Unsafe.SizeOf<MultibootModule>();
        int count = files.ModuleCount;
        if ((uint)count > GuestMemoryMap.LowEnd / entryLength || !area.TryReserve((uint)count * entryLength, out uint list)) return LoadResult.TooLittleMemory;
        for (int i = 0; i < count; i++)
        {
            if (!LoadParts.TryPlaceModule(memory, files.Module(i), ref end, out uint start)) return LoadResult.TooLittleMemory;
            if (!area.TryPlaceString(files.ModuleCommandLine(i), out uint text)) return LoadResult.CommandLineTooLong;
            memory.TryWrite(list + (uint)i * entryLength, new MultibootModule { Start = start, End = (uint)end, CommandLine = text });
        }
        information.ModuleCount = (uint)count;
        information.Modules = list;
        return LoadResult.Loaded;
    }

    private static bool TryPlaceMap(GuestMemory memory, ref BootArea area, ref MultibootInformation information)
    {
        uint entryLength = (uint)Unsafe.SizeOf<MultibootMapEntry>();
        Span<MemoryMapEntry> map = stackalloc MemoryMapEntry[GuestMemoryMap.MostEntries];
        int count = GuestMemoryMap.Write(memory, map);
        information.MapLength = (uint)count * entryLength;
        if (!area.TryReserve(information.MapLength, out information.Map)) return false;
        for (int i = 0; i < count; i++)
            memory.TryWrite(information.Map + (uint)i * entryLength, new MultibootMapEntry { Length = entryLength - sizeof(uint), Entry = map[i] });
        return true;
    }
}
