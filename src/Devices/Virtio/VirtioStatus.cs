using System;

namespace Lamina.Devices;

/// <summary>Device status (virtio 1.2, 2.1).</summary>
[Flags]
public enum VirtioStatus : byte
{
    /// <summary>Reset.</summary>
    None = 0,
    /// <summary>The guest has found the device.</summary>
    Acknowledge = 1,
    /// <summary>It knows how to drive it.</summary>
    Driver = 2,
    /// <summary>The driver is ready: from now on queues are served.</summary>
    DriverOk = 4,
    /// <summary>Features are negotiated. It reads back as set only if the device takes them.</summary>
    FeaturesOk = 8,
    /// <summary>The device cannot go on until it is reset.</summary>
    DeviceNeedsReset = 64,
    /// <summary>The driver has given up.</summary>
    Failed = 128,
}
