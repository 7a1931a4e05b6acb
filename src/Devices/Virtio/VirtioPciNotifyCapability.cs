using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>Where the doorbells lie: struct virtio_pci_notify_cap (virtio 1.2, 4.1.4.4).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VirtioPciNotifyCapability(in VirtioPciCapability capability, uint multiplier)
{
    /// <summary>What all such capabilities have.</summary>
    public VirtioPciCapability Capability = capability;
    /// <summary>How far the doorbells of two queues lie apart, in bytes.</summary>
    public uint Multiplier = multiplier;
}
