using System;
using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// Loads a bzImage by the 64-bit boot protocol (Linux documentation, "The Linux/x86 Boot Protocol", "64-bit boot protocol"): paging on with the first 4 GiB
/// mapped one to one, RSI at boot_params, interrupts off. Several initial RAM disks become one, which Linux takes.
/// </summary>
public static class LinuxLoader
{
    private const uint Magic = 0x5372_6448;
    private const ushort BootFlag = 0xAA55;
    /// <summary>2.12: xloadflags.</summary>
    private const ushort LeastVersion = 0x020C;
    private const int SectorLength = 512, DefaultSetupSectors = 4;
    private const ulong EntryOffset = 0x200;
    private const byte UnknownLoader = 0xFF;
    private const int HeaderStart = LinuxSetupHeader.FileOffset, JumpTarget = 0x202;
    private const ulong RamdiskAlignment = 0x1000;
    /// <summary>RAM disks one after the other begin at a multiple of this, as their archive format wants.</summary>
    private const ulong ArchiveAlignment = 4;

    // boot_params, 4096 bytes (Linux documentation, "Zero Page").
    private const uint BootParametersPages = 1, RsdpOffset = 0x070, MapCountOffset = 0x1E8, MapOffset = 0x2D0;

    // Page tables: AMD APM vol. 2, 5.3.
    private const ulong TableEntry = 0x3, LargePageEntry = 0x83, LargePageSize = 1 << 21;
    private const uint TablePages = 6, PageSize = 0x1000, EntriesPerTable = 512;

    /// <summary>Loads; see <see cref="GuestLoader.Load"/>.</summary>
    public static LoadResult Load(BootFiles files, GuestMemory memory, ulong rsdp, VcpuState state)
    {
        var kernel = files.Kernel;
        var result = ReadHeader(kernel, out LinuxSetupHeader header);
        if (result != LoadResult.Loaded) return result;
        if ((uint)files.CommandLine.Length > header.MostCommandLine) return LoadResult.CommandLineTooLong;

        int setupSectors = header.SetupSectors == 0 ? DefaultSetupSectors : header.SetupSectors;
        ulong payload = (ulong)(setupSectors + 1) * SectorLength;
        if (payload + EntryOffset >= (ulong)kernel.Length) return LoadResult.Truncated;
        ulong length = (ulong)kernel.Length - payload;
        ulong room = Math.Max(length, header.InitialLength);
        if (!TryChooseAddress(header, memory, room, out ulong address)) return LoadResult.TooLittleMemory;
        result = LoadParts.Load(memory, address, kernel, payload, length, length);
        if (result != LoadResult.Loaded) return result;

        if (!TryPlaceRamdisks(files, memory, address + room, ref header)) return LoadResult.TooLittleMemory;

        var area = new BootArea(memory);
        if (!area.TryReservePages(BootParametersPages, out uint parameters) || !area.TryReservePages(TablePages, out uint tables)
            || !FlatGdt.TryInstall(memory, ref area, state)) return LoadResult.TooLittleMemory;
        if (!area.TryPlaceString(files.CommandLine, out header.CommandLineAddress)) return LoadResult.CommandLineTooLong;
        header.LoaderType = UnknownLoader;
        WriteParameters(memory, parameters, kernel, header, rsdp);
        MapOneToOne(memory, tables);

        LoadParts.SetFlatSegments(state, SegmentAttributes.Long);
        state.Cr3 = tables;
        state.Cr4 = Cr4.PhysicalAddressExtension;
        state.Efer = Efer.LongModeEnable | Efer.LongModeActive;
        state.Cr0 = Cr0.ProtectionEnable | Cr0.ExtensionType | Cr0.Paging;
        state.Rip = address + EntryOffset;
        state.Registers.Rsi = parameters;
        return LoadResult.Loaded;
    }

    private static LoadResult ReadHeader(ReadOnlySpan<byte> kernel, out LinuxSetupHeader header)
    {
        if (kernel.Length < HeaderStart || !MemoryMarshal.TryRead(kernel[HeaderStart..], out header))
        {
            header = default;
            return LoadResult.NotLinux;
        }
        if (header.Magic != Magic || header.BootFlag != BootFlag) return LoadResult.NotLinux;
        if (header.Version < LeastVersion || (header.ExtendedFlags & LinuxLoadFlags.Kernel64) == 0) return LoadResult.LinuxTooOld;
        return LoadResult.Loaded;
    }

    /// <summary>Where it would like to be; else, if it can be moved, as low as can be.</summary>
    private static bool TryChooseAddress(in LinuxSetupHeader header, GuestMemory memory, ulong room, out ulong address)
    {
        ulong end = GuestMemoryMap.EndOfLowRam(memory);
        address = header.PreferredAddress;
        if (Fits(address)) return true;
        ulong alignment = header.Alignment;
        if (header.IsRelocatable == 0 || alignment == 0 || (alignment & (alignment - 1)) != 0) return false;
        address = GuestMemoryMap.HighStart + alignment - 1 & ~(alignment - 1);
        return Fits(address);

        bool Fits(ulong at) => at >= GuestMemoryMap.HighStart && at < end && room <= end - at;
    }

    /// <summary>All RAM disks one behind the other, as high as the kernel allows, and above what it needs for itself.</summary>
    private static bool TryPlaceRamdisks(BootFiles files, GuestMemory memory, ulong kernelEnd, ref LinuxSetupHeader header)
    {
        ulong length = 0;
        for (int i = 0; i < files.ModuleCount; i++) length = Align(length, ArchiveAlignment) + (uint)files.Module(i).Length;
        header.RamdiskAddress = 0;
        header.RamdiskLength = 0;
        if (length == 0) return true;

        ulong top = Math.Min((ulong)header.HighestRamdiskAddress + 1, GuestMemoryMap.EndOfLowRam(memory));
        if (length > top) return false;
        ulong start = top - length & ~(RamdiskAlignment - 1);
        if (start < kernelEnd) return false;
        // Padding between archives must be zeros, whatever the guest left there before a reset.
        if (!memory.TryClear(start, length)) return false;
        ulong at = 0;
        for (int i = 0; i < files.ModuleCount; i++)
        {
            at = Align(at, ArchiveAlignment);
            if (!memory.TryWrite(start + at, files.Module(i))) return false;
            at += (uint)files.Module(i).Length;
        }
        header.RamdiskAddress = (uint)start;
        header.RamdiskLength = (uint)length;
        return true;
    }

    private static ulong Align(ulong value, ulong alignment) => value + alignment - 1 & ~(alignment - 1);

    private static void WriteParameters(GuestMemory memory, uint parameters, ReadOnlySpan<byte> kernel, in LinuxSetupHeader header, ulong rsdp)
    {
        // First the header as long as this kernel has it, then those of its fields that are ours.
        int end = Math.Min(Math.Min(JumpTarget + header.JumpOffset, (int)MapOffset), kernel.Length);
        memory.TryWrite(parameters + HeaderStart, kernel[HeaderStart..end]);
        memory.TryWrite(parameters + HeaderStart, header);
        memory.TryWrite(parameters + RsdpOffset, rsdp);

        Span<MemoryMapEntry> map = stackalloc MemoryMapEntry[GuestMemoryMap.MostEntries];
        int count = GuestMemoryMap.Write(memory, map);
        memory.TryWrite(parameters + MapCountOffset, (byte)count);
        memory.TryWrite(parameters + MapOffset, MemoryMarshal.AsBytes(map[..count]));
    }

    /// <summary>One table of level 4, one of level 3, four of level 2: 4 GiB in pages of 2 MiB.</summary>
    private static void MapOneToOne(GuestMemory memory, uint tables)
    {
        uint level3 = tables + PageSize, level2 = level3 + PageSize;
        memory.TryWrite(tables, level3 | TableEntry);
        for (uint i = 0; i < TablePages - 2; i++) memory.TryWrite(level3 + i * sizeof(ulong), level2 + i * PageSize | TableEntry);
        for (uint i = 0; i < (TablePages - 2) * EntriesPerTable; i++) memory.TryWrite(level2 + i * sizeof(ulong), i * LargePageSize | LargePageEntry);
    }
}
