using System;

namespace Lamina.Core;

/// <summary>
/// Long-mode page tables of the hypervisor itself (AMD APM vol. 2, 5.3 and 5.4; Intel SDM vol. 3, 4.5): supervisor pages. EFER.NXE and CR0.WP
/// must be on, and the PAT be <see cref="PageAttributeTable"/>.
/// </summary>
public struct HostPageFormat : IPageTableFormat
{
    /// <summary>
    /// What the PAT MSR (0x277) must hold on every CPU: its reset value, but entry 1 (PWT) is WC instead of WT (AMD APM vol. 2, 7.8). Nested page
    /// tables use it too.
    /// </summary>
    public const ulong PageAttributeTable = 0x0007_0406_0007_0106;

    private const PageEntry MemoryTypeMask = PageEntry.WriteThrough | PageEntry.CacheDisable;

    /// <inheritdoc/>
    public static ulong EncodeTable(ulong physical) => physical | (ulong)(PageEntry.Present | PageEntry.Write);

    /// <inheritdoc/>
    public static ulong EncodePage(ulong physical, int level, PageAttributes attributes)
    {
        var bits = PageEntry.Present;
        if ((attributes.Access & MemoryAccess.Write) != 0) bits |= PageEntry.Write;
        if ((attributes.Access & MemoryAccess.Execute) == 0) bits |= PageEntry.NoExecute;
        if (attributes.Type == MemoryType.Uncached) bits |= MemoryTypeMask;
        if (attributes.Type == MemoryType.WriteCombining) bits |= PageEntry.WriteThrough;
        if (level > 1) bits |= PageEntry.LargePage;
        return physical | (ulong)bits;
    }

    /// <inheritdoc/>
    public static PageAttributes DecodePage(ulong entry, int level)
    {
        var bits = (PageEntry)entry;
        var access = MemoryAccess.Read;
        if ((bits & PageEntry.Write) != 0) access |= MemoryAccess.Write;
        if ((bits & PageEntry.NoExecute) == 0) access |= MemoryAccess.Execute;
        var type = (bits & MemoryTypeMask) switch
        {
            0 => MemoryType.WriteBack,
            PageEntry.WriteThrough => MemoryType.WriteCombining,
            _ => MemoryType.Uncached,
        };
        return new PageAttributes(access, type);
    }

    /// <inheritdoc/>
    public static bool IsPresent(ulong entry) => ((PageEntry)entry & PageEntry.Present) != 0;

    /// <inheritdoc/>
    public static bool IsPage(ulong entry, int level) => level == 1 || ((PageEntry)entry & PageEntry.LargePage) != 0;
}
