namespace Lamina.Boot;

/// <summary>EFI_MEMORY_TYPE (UEFI 2.10, 7.2.1).</summary>
public enum EfiMemoryType : uint
{
    /// <summary>Not usable.</summary>
    Reserved = 0,

    /// <summary>The code of an application: our image.</summary>
    LoaderCode = 1,

    /// <summary>The data of an application: our files.</summary>
    LoaderData = 2,

    /// <summary>Code of boot services; free after they end.</summary>
    BootServicesCode = 3,

    /// <summary>Data of boot services; free after they end.</summary>
    BootServicesData = 4,

    /// <summary>Code of run-time services.</summary>
    RuntimeServicesCode = 5,

    /// <summary>Data of run-time services.</summary>
    RuntimeServicesData = 6,

    /// <summary>Free memory.</summary>
    Conventional = 7,

    /// <summary>Memory with errors.</summary>
    Unusable = 8,

    /// <summary>ACPI tables.</summary>
    AcpiReclaim = 9,

    /// <summary>ACPI firmware's own.</summary>
    AcpiNvs = 10,

    /// <summary>Device registers.</summary>
    MemoryMappedIo = 11,

    /// <summary>Memory that forwards to ports.</summary>
    MemoryMappedIoPortSpace = 12,

    /// <summary>Processor firmware.</summary>
    PalCode = 13,

    /// <summary>Memory that keeps its contents without power.</summary>
    Persistent = 14,

    /// <summary>Memory that must be accepted first.</summary>
    Unaccepted = 15,
}
