namespace Lamina.Devices;

/// <summary>What a PCI function says that it is (PCI Local Bus 3.0, 6.2.1 and 6.2.4).</summary>
public readonly struct PciIdentity(ushort vendor, ushort device, byte revision, uint classCode, ushort subsystemVendor, ushort subsystem)
{
    /// <summary>Vendor ID.</summary>
    public readonly ushort Vendor = vendor;
    /// <summary>Device ID.</summary>
    public readonly ushort Device = device;
    /// <summary>Revision ID.</summary>
    public readonly byte Revision = revision;
    /// <summary>Base class, sub-class and programming interface: 24 bits.</summary>
    public readonly uint ClassCode = classCode;
    /// <summary>Subsystem vendor ID.</summary>
    public readonly ushort SubsystemVendor = subsystemVendor;
    /// <summary>Subsystem ID.</summary>
    public readonly ushort Subsystem = subsystem;
}
