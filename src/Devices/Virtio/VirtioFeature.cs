namespace Lamina.Devices;

/// <summary>Feature bits of all devices (virtio 1.2, chapter 6); those of a type of device are with it.</summary>
public static class VirtioFeature
{
    /// <summary>Descriptors may point to tables of descriptors.</summary>
    public const ulong RingIndirectDescriptors = 1UL << 28;
    /// <summary>Notifications are asked for by index, in used_event and avail_event.</summary>
    public const ulong RingEventIndex = 1UL << 29;
    /// <summary>The device is one of virtio 1.0 or later. Without it we work with no driver.</summary>
    public const ulong Version1 = 1UL << 32;

    /// <summary>What every device here offers.</summary>
    public const ulong Common = RingIndirectDescriptors | RingEventIndex | Version1;
}
