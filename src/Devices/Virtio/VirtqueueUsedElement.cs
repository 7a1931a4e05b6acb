using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>An element of the used ring: struct virtq_used_elem (virtio 1.2, 2.7.8).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VirtqueueUsedElement
{
    /// <summary>The first descriptor of the chain that is given back.</summary>
    public uint Id;
    /// <summary>How many bytes the device has written into it.</summary>
    public uint Length;
}
