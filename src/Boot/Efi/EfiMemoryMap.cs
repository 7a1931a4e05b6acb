using System;
using System.Buffers.Binary;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>Reads UEFI's memory map (UEFI 2.10, 7.2.3: GetMemoryMap) into ours.</summary>
public static class EfiMemoryMap
{
    // EFI_MEMORY_DESCRIPTOR: Type, padding, PhysicalStart, VirtualStart, NumberOfPages, Attribute.
    private const int PhysicalStart = 8;
    private const int NumberOfPages = 24;
    private const int DescriptorSize = 40;

    /// <summary>Adds each descriptor of <paramref name="descriptors"/>.</summary>
    /// <param name="descriptors">What GetMemoryMap wrote.</param>
    /// <param name="descriptorSize">Bytes from one descriptor to the next, as GetMemoryMap said.</param>
    /// <param name="map">Where they go; it is not normalised here.</param>
    /// <returns>False when the map is not one, or does not fit.</returns>
    public static bool TryRead(ReadOnlySpan<byte> descriptors, ulong descriptorSize, MemoryMap map)
    {
        if (descriptorSize is < DescriptorSize or > 4096)
            return false;
        for (int at = 0; at <= descriptors.Length - (int)descriptorSize; at += (int)descriptorSize)
        {
            ulong start = BinaryPrimitives.ReadUInt64LittleEndian(descriptors[(at + PhysicalStart)..]);
            ulong pages = BinaryPrimitives.ReadUInt64LittleEndian(descriptors[(at + NumberOfPages)..]);
            ulong length = pages > MemoryMap.AddressLimit / MemoryPlan.PageSize ? MemoryMap.AddressLimit : pages * MemoryPlan.PageSize;
            if (!map.Add(start, length, KindOf((EfiMemoryType)BinaryPrimitives.ReadUInt32LittleEndian(descriptors[at..]))))
                return false;
        }

        return true;
    }

    /// <summary>What a type of UEFI memory is to us after ExitBootServices (UEFI 2.10, table 7.10).</summary>
    public static MemoryKind KindOf(EfiMemoryType type) => type switch
    {
        EfiMemoryType.Conventional => MemoryKind.Usable,
        EfiMemoryType.BootServicesCode or EfiMemoryType.BootServicesData => MemoryKind.BootReclaimable,
        EfiMemoryType.LoaderCode or EfiMemoryType.LoaderData => MemoryKind.BootLoaded,
        EfiMemoryType.AcpiReclaim => MemoryKind.AcpiReclaimable,
        EfiMemoryType.AcpiNvs => MemoryKind.AcpiNvs,
        EfiMemoryType.Unusable => MemoryKind.Bad,
        _ => MemoryKind.Reserved,
    };
}
