namespace Lamina.Core;

/// <summary>What a page table says of an address.</summary>
public readonly struct PageTranslation(ulong physical, ulong pageSize, PageAttributes attributes)
{
    /// <summary>The physical address that it leads to.</summary>
    public readonly ulong Physical = physical;
    /// <summary>Bytes in the page that maps it: 4 KiB, 2 MiB or 1 GiB.</summary>
    public readonly ulong PageSize = pageSize;
    /// <summary>The page's attributes.</summary>
    public readonly PageAttributes Attributes = attributes;
}
