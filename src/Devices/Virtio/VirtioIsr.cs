using System;

namespace Lamina.Devices;

/// <summary>ISR status (virtio 1.2, 4.1.4.5).</summary>
[Flags]
internal enum VirtioIsr : byte
{
    /// <summary>No interrupt.</summary>
    None = 0,
    /// <summary>A queue has used buffers.</summary>
    Queue = 1,
    /// <summary>The configuration has changed.</summary>
    Configuration = 2,
}
