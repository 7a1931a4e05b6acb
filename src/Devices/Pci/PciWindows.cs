using System;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>Which ports and guest-physical addresses a VM's PCI host bridge passes on: where base address registers can lie.</summary>
public readonly struct PciWindows
{
    /// <summary>The first port.</summary>
    public const ushort IoStart = 0xC000;
    /// <summary>How many ports.</summary>
    public const int IoLength = 0x1000;

    /// <summary>The memory window begins here, or behind the RAM below 4 GiB if that ends later.</summary>
    private const ulong LowestMemory = 0xC000_0000;
    private const ulong Alignment = 1 << 20;

    /// <summary>The windows of a VM with that RAM.</summary>
    public PciWindows(GuestMemory memory)
    {
        ulong start = LowestMemory;
        foreach (var region in memory.Regions)
            if (region.Start < MemoryEnd) start = Math.Max(start, Math.Min(region.End, MemoryEnd));
        MemoryStart = (start + (Alignment - 1)) & ~(Alignment - 1);
    }

    /// <summary>The GPA of the memory window.</summary>
    public ulong MemoryStart { get; }

    /// <summary>The GPA behind the memory window: the I/O APIC is there.</summary>
    public static ulong MemoryEnd => IoApic.BaseAddress;

    /// <summary>Bytes of the memory window; 0 when RAM leaves no room for it.</summary>
    public ulong MemoryLength => MemoryEnd - MemoryStart;
}
