namespace Lamina.Core;

/// <summary>Pages of the hypervisor's own memory, contiguous in both address spaces.</summary>
/// <param name="virtualAddress">Where the hypervisor sees them (HVA).</param>
/// <param name="physicalAddress">Where they are (HPA), 4 KiB-aligned.</param>
/// <param name="count">How many pages of 4 KiB.</param>
public readonly unsafe struct HostPages(byte* virtualAddress, ulong physicalAddress, int count)
{
    /// <summary>Bytes in a page.</summary>
    public const int PageSize = 4096;
    /// <summary>HVA of the first byte.</summary>
    public readonly byte* Virtual = virtualAddress;
    /// <summary>HPA of the first byte.</summary>
    public readonly ulong Physical = physicalAddress;
    /// <summary>How many pages of 4 KiB.</summary>
    public readonly int Count = count;
}
