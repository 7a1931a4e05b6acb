using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>
/// A way to the structures through configuration space, for who cannot map memory: struct virtio_pci_cfg_cap (virtio 1.2, 4.1.4.9). The driver writes bar, offset and length, then
/// reads or writes the data.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VirtioPciAccessCapability(in VirtioPciCapability capability)
{
    /// <summary>What all such capabilities have.</summary>
    public VirtioPciCapability Capability = capability;
    /// <summary>Data of the access.</summary>
    public uint Data;
}
