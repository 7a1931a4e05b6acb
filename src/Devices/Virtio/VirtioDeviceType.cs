namespace Lamina.Devices;

/// <summary>What a virtio device is (virtio 1.2, chapter 5).</summary>
public enum VirtioDeviceType : ushort
{
    /// <summary>Network device (5.1).</summary>
    Net = 1,
    /// <summary>Block device (5.2).</summary>
    Block = 2,
    /// <summary>Console device (5.3).</summary>
    Console = 3,
    /// <summary>Entropy device (5.4).</summary>
    Entropy = 4,
}
