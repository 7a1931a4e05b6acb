using Lamina.Core;

namespace Lamina.Devices;

/// <summary>Which ports and guest-physical addresses a VM's PCI host bridge passes on: where base address registers can lie.</summary>
internal static class PciWindows
{
    /// <summary>The first port.</summary>
    public const ushort IoStart = 0xC000;
    /// <summary>How many ports.</summary>
    public const int IoLength = 0x1000;

    /// <summary>GPA of the memory window: where <see cref="GuestMemoryMap"/> leaves the hole for it.</summary>
    public const ulong MemoryStart = GuestMemoryMap.HoleStart;
    /// <summary>Bytes of the memory window: up to configuration space.</summary>
    public const ulong MemoryLength = PciEcam.BaseAddress - MemoryStart;
}
