using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>The MSI-X capability (PCI Local Bus 3.0, 6.8.2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct MsixCapability(MsixControl control, uint table, uint pendingBits)
{
    /// <summary><see cref="PciCapabilityId.Msix"/>.</summary>
    public PciCapabilityId Id = PciCapabilityId.Msix;
    /// <summary>Offset of the next capability.</summary>
    public byte Next;
    /// <summary>Message control.</summary>
    public MsixControl Control = control;
    /// <summary>Where the table is: an offset, a multiple of 8, and in its low three bits the number of a base address register.</summary>
    public uint Table = table;
    /// <summary>Where the pending bits are, in the same way.</summary>
    public uint PendingBits = pendingBits;
}
