using System;

namespace Lamina.Devices;

/// <summary>Flags of a descriptor (virtio 1.2, 2.7.5).</summary>
[Flags]
internal enum DescriptorFlags : ushort
{
    /// <summary>The last of its chain, for the device to read.</summary>
    None = 0,
    /// <summary>The chain goes on.</summary>
    Next = 1,
    /// <summary>For the device to write, rather than to read.</summary>
    Write = 2,
    /// <summary>It points to a table of descriptors.</summary>
    Indirect = 4,
}
