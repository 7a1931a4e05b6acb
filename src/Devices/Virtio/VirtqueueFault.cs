namespace Lamina.Devices;

/// <summary>Which rule of virtio a driver broke with a queue.</summary>
public enum VirtqueueFault : byte
{
    /// <summary>None.</summary>
    None,
    /// <summary>A ring is not in RAM, not aligned, or no size of a queue (virtio 1.2, 2.7).</summary>
    Rings,
    /// <summary>The available index went on by more than the queue's size (2.7.13).</summary>
    AvailableIndex,
    /// <summary>A descriptor's number is not in its table (2.7.5).</summary>
    DescriptorNumber,
    /// <summary>A chain goes round in a circle, or has more descriptors than a chain may have (2.7.5.3.1).</summary>
    TooLong,
    /// <summary>An indirect table in an indirect table, in the midst of a chain, of no descriptors or of a part of one, or outside of RAM (2.7.5.3.1).</summary>
    IndirectTable,
    /// <summary>A buffer that is not in RAM.</summary>
    Buffer,
    /// <summary>A buffer to be read behind one to be written (2.7.4.2).</summary>
    ReadBehindWrite,
    /// <summary>What is in the buffers makes no sense; the device says so.</summary>
    Content,
}
