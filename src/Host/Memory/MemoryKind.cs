namespace Lamina.Host;

/// <summary>
/// What a range of host-physical memory is, from the most usable to the strictest: where two ranges of the boot
/// memory map overlap, the larger value holds.
/// </summary>
public enum MemoryKind : byte
{
    /// <summary>Nothing is known of it: a gap of the map.</summary>
    None = 0,

    /// <summary>Free RAM.</summary>
    Usable = 1,

    /// <summary>Free RAM once the machine is taken over: firmware's boot services, its stack and page tables live there.</summary>
    BootReclaimable = 2,

    /// <summary>The image of the hypervisor and the files that came with it.</summary>
    BootLoaded = 3,

    /// <summary>ACPI tables. They are kept: the tables are read while the machine runs.</summary>
    AcpiReclaimable = 4,

    /// <summary>Memory that ACPI firmware keeps across sleep states.</summary>
    AcpiNvs = 5,

    /// <summary>Firmware's, a device's, or of a type not known here.</summary>
    Reserved = 6,

    /// <summary>RAM in which errors were found.</summary>
    Bad = 7,
}
