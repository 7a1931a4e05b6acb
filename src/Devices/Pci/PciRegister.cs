namespace Lamina.Devices;

/// <summary>The 32-bit registers of a type 0 configuration header, as byte offsets (PCI Local Bus 3.0, figure 6-1).</summary>
internal enum PciRegister
{
    /// <summary>Vendor and device ID.</summary>
    Id = 0x00,
    /// <summary>Command and status.</summary>
    CommandStatus = 0x04,
    /// <summary>Revision and class code.</summary>
    Class = 0x08,
    /// <summary>Cache line size, latency timer, header type, BIST.</summary>
    CacheLatencyHeader = 0x0C,
    /// <summary>The first of six base address registers.</summary>
    FirstBar = 0x10,
    /// <summary>Subsystem vendor and subsystem ID.</summary>
    Subsystem = 0x2C,
    /// <summary>Where the list of capabilities begins.</summary>
    Capabilities = 0x34,
    /// <summary>Interrupt line and pin.</summary>
    Interrupt = 0x3C,
    /// <summary>The first one behind the header.</summary>
    FirstCapability = 0x40,
}
