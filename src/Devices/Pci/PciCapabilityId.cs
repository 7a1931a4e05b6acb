namespace Lamina.Devices;

/// <summary>What a capability in configuration space is (PCI Local Bus 3.0, appendix H).</summary>
internal enum PciCapabilityId : byte
{
    /// <summary>What the vendor says.</summary>
    VendorSpecific = 0x09,
    /// <summary>MSI-X.</summary>
    Msix = 0x11,
}
