using Lamina.Core;

namespace Lamina.Ept;

/// <summary>
/// Intel's extended page tables (SDM vol. 3, 29.3). The guest's PAT is combined with the type given here. A page that may be executed and nothing else is
/// so encoded, which only some CPUs allow: <see cref="NestedPageTables{TFormat}"/> knows which.
/// </summary>
public struct EptFormat : IPageTableFormat
{
    /// <inheritdoc/>
    public static ulong EncodeTable(ulong physical) => physical | (ulong)EptEntry.All;

    /// <inheritdoc/>
    public static ulong EncodePage(ulong physical, int level, PageAttributes attributes)
    {
        // Whatever can be written can be read: the other way round is a misconfiguration (29.3.3.1).
        var bits = (attributes.Access & MemoryAccess.All) == MemoryAccess.Execute ? 0 : EptEntry.Read;
        if ((attributes.Access & MemoryAccess.Write) != 0) bits |= EptEntry.Write;
        if ((attributes.Access & MemoryAccess.Execute) != 0) bits |= EptEntry.Execute;
        if (attributes.Type == MemoryType.WriteBack) bits |= EptEntry.WriteBack;
        if (attributes.Type == MemoryType.WriteCombining) bits |= EptEntry.WriteCombining;
        if (level > 1) bits |= EptEntry.LargePage;
        return physical | (ulong)bits;
    }

    /// <inheritdoc/>
    public static PageAttributes DecodePage(ulong entry, int level)
    {
        var bits = (EptEntry)entry;
        var access = (bits & EptEntry.Read) != 0 ? MemoryAccess.Read : MemoryAccess.None;
        if ((bits & EptEntry.Write) != 0) access |= MemoryAccess.Write;
        if ((bits & EptEntry.Execute) != 0) access |= MemoryAccess.Execute;
        var type = (bits & EptEntry.MemoryTypeMask) switch
        {
            EptEntry.WriteBack => MemoryType.WriteBack,
            EptEntry.WriteCombining => MemoryType.WriteCombining,
            _ => MemoryType.Uncached,
        };
        return new PageAttributes(access, type);
    }

    /// <inheritdoc/>
    public static bool IsPresent(ulong entry) => ((EptEntry)entry & EptEntry.All) != 0;

    /// <inheritdoc/>
    public static bool IsPage(ulong entry, int level) => level == 1 || ((EptEntry)entry & EptEntry.LargePage) != 0;
}
