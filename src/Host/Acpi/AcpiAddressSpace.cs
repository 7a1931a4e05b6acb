namespace Lamina.Host;

/// <summary>Where a register that ACPI describes lies (ACPI 6.5, table 5.1: Address Space ID).</summary>
public enum AcpiAddressSpace : byte
{
    /// <summary>System memory.</summary>
    Memory = 0,

    /// <summary>I/O ports.</summary>
    Port = 1,

    /// <summary>PCI configuration space of bus 0: address bits 47:32 are the device, 31:16 the function, 15:0 the offset.</summary>
    PciConfiguration = 2,
}
