using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>Where a structure of a virtio function lies: struct virtio_pci_cap (virtio 1.2, 4.1.4).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VirtioPciCapability(VirtioPciStructure structure, byte length, byte bar, uint start, uint size)
{
    /// <summary><see cref="PciCapabilityId.VendorSpecific"/>.</summary>
    public PciCapabilityId Id = PciCapabilityId.VendorSpecific;
    /// <summary>Offset of the next capability.</summary>
    public byte Next;
    /// <summary>Bytes of this capability, with what follows this structure.</summary>
    public byte Length = length;
    /// <summary>Which structure it tells of.</summary>
    public VirtioPciStructure Structure = structure;
    /// <summary>In which base address register.</summary>
    public byte Bar = bar;
    /// <summary>Tells several of a kind apart; 0.</summary>
    public byte Number;
    /// <summary>Nothing.</summary>
    public ushort Padding;
    /// <summary>Offset in the base address register.</summary>
    public uint Start = start;
    /// <summary>Bytes of the structure.</summary>
    public uint Size = size;
}
