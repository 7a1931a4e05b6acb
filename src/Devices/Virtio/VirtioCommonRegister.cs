namespace Lamina.Devices;

/// <summary>The common configuration's registers, as byte offsets: struct virtio_pci_common_cfg (virtio 1.2, 4.1.4.3).</summary>
internal enum VirtioCommonRegister : byte
{
    /// <summary>Which 32 of the offered features are read (32 bits).</summary>
    DeviceFeatureSelect = 0x00,
    /// <summary>The offered features (32).</summary>
    DeviceFeature = 0x04,
    /// <summary>Which 32 of the driver's features are accessed (32).</summary>
    DriverFeatureSelect = 0x08,
    /// <summary>The driver's features (32).</summary>
    DriverFeature = 0x0C,
    /// <summary>MSI-X vector of configuration changes (16).</summary>
    ConfigVector = 0x10,
    /// <summary>How many queues there are (16).</summary>
    QueueCount = 0x12,
    /// <summary>Device status (8).</summary>
    DeviceStatus = 0x14,
    /// <summary>Changes of the configuration, counted (8).</summary>
    ConfigGeneration = 0x15,
    /// <summary>Which queue the registers behind this are of (16).</summary>
    QueueSelect = 0x16,
    /// <summary>Its size (16); 0 when there is no such queue.</summary>
    QueueSize = 0x18,
    /// <summary>Its MSI-X vector (16).</summary>
    QueueVector = 0x1A,
    /// <summary>Whether it is on (16).</summary>
    QueueEnable = 0x1C,
    /// <summary>Where its doorbell is, in multiples of the notify capability's (16).</summary>
    QueueNotifyOffset = 0x1E,
    /// <summary>GPA of its descriptor table (64).</summary>
    QueueDescriptors = 0x20,
    /// <summary>GPA of its available ring (64).</summary>
    QueueDriver = 0x28,
    /// <summary>GPA of its used ring (64).</summary>
    QueueDevice = 0x30,
}
