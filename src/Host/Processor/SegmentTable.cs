namespace Lamina.Host;

/// <summary>The selectors of our global descriptor table and how its entries are made (AMD APM vol. 2, 4.7 and 4.8; Intel SDM vol. 3, 3.4.5).</summary>
public static class SegmentTable
{
    /// <summary>Selector of the 64-bit code segment.</summary>
    public const ushort Code = 0x08;

    /// <summary>Selector of the data segment.</summary>
    public const ushort Data = 0x10;

    /// <summary>Selector of the task state segment; its descriptor takes two entries.</summary>
    public const ushort Task = 0x18;

    /// <summary>8-byte entries in the table: null, code, data, task (two).</summary>
    public const int Entries = 5;

    private const ulong Accessed = 1UL << 40;
    private const ulong Writable = 1UL << 41;
    private const ulong CodeOrData = 1UL << 44;
    private const ulong IsCode = 1UL << 43;
    private const ulong Present = 1UL << 47;
    private const ulong LongMode = 1UL << 53;
    private const ulong AvailableTask = 9UL << 40;

    /// <summary>The code segment's descriptor: 64-bit, ring 0.</summary>
    public const ulong CodeDescriptor = Present | CodeOrData | IsCode | Writable | Accessed | LongMode;

    /// <summary>The data segment's descriptor.</summary>
    public const ulong DataDescriptor = Present | CodeOrData | Writable | Accessed;

    /// <summary>The lower half of the descriptor of a task state segment at an HVA. Type 9, available: LTR makes it busy.</summary>
    public static ulong TaskDescriptorLow(ulong address) =>
        Present | AvailableTask | (TaskStateSegment.Size - 1) | ((address & 0xFF_FFFF) << 16) | ((address >> 24 & 0xFF) << 56);

    /// <summary>The upper half of that descriptor.</summary>
    public static ulong TaskDescriptorHigh(ulong address) => address >> 32;
}
