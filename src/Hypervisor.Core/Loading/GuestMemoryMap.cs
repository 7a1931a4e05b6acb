using System;

namespace Lamina.Core;

/// <summary>
/// Where a VM's RAM is, and how a guest is told: from 0 up to the PCI hole at 3 GiB, what is more from 4 GiB on. Of the first MiB, what lies above 640 KiB
/// is kept from systems: the PC's video memory and ROMs would be there, and the VM's ACPI tables are.
/// </summary>
public static class GuestMemoryMap
{
    /// <summary>Where the PCI hole begins: RAM below ends here.</summary>
    public const ulong HoleStart = 0xC000_0000;
    /// <summary>Where the PCI hole ends: the rest of the RAM begins here.</summary>
    public const ulong HoleEnd = 0x1_0000_0000;
    /// <summary>The end of conventional memory, 640 KiB.</summary>
    public const ulong LowEnd = 0xA_0000;
    /// <summary>The area in which systems look for firmware's tables: from here to 1 MiB.</summary>
    public const ulong FirmwareStart = 0xE_0000;
    /// <summary>1 MiB.</summary>
    public const ulong HighStart = 0x10_0000;
    /// <summary>The most pieces that a map can have.</summary>
    public const int MostEntries = 4;

    /// <summary>The regions of a VM with <paramref name="bytes"/> of RAM, a multiple of 4096.</summary>
    public static GuestMemoryRegion[] RamOf(ulong bytes) => bytes <= HoleStart
        ? [new GuestMemoryRegion(0, bytes)]
        : [new GuestMemoryRegion(0, HoleStart), new GuestMemoryRegion(HoleEnd, bytes - HoleStart)];

    /// <summary>Writes the map of a VM's memory, ascending; returns how many entries. <paramref name="entries"/> has room for <see cref="MostEntries"/>.</summary>
    public static int Write(GuestMemory memory, Span<MemoryMapEntry> entries)
    {
        int count = 0;
        foreach (ref readonly var region in memory.Regions)
        {
            if (count + 3 > entries.Length) break;
            if (region.Start != 0)
            {
                entries[count++] = new(region.Start, region.Length, MemoryMapType.Ram);
                continue;
            }
            entries[count++] = new(0, Math.Min(region.Length, LowEnd), MemoryMapType.Ram);
            if (region.Length <= HighStart) continue;
            entries[count++] = new(FirmwareStart, HighStart - FirmwareStart, MemoryMapType.Reserved);
            entries[count++] = new(HighStart, region.Length - HighStart, MemoryMapType.Ram);
        }
        return count;
    }

    /// <summary>The end of the RAM that begins at 0: below the PCI hole.</summary>
    public static ulong EndOfLowRam(GuestMemory memory) => memory.Regions.Length > 0 && memory.Regions[0].Start == 0 ? memory.Regions[0].Length : 0;
}
