using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>A descriptor of a split virtqueue: struct virtq_desc (virtio 1.2, 2.7.5).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct VirtqueueDescriptor
{
    /// <summary>GPA of the buffer, or of the indirect table.</summary>
    public ulong Address;
    /// <summary>Bytes.</summary>
    public uint Length;
    /// <summary>What it is.</summary>
    public DescriptorFlags Flags;
    /// <summary>The next of the chain, where <see cref="DescriptorFlags.Next"/> says that there is one.</summary>
    public ushort Next;
}
