using Lamina.Core;

namespace Lamina.Ept;

/// <summary>A VM's second-level translation: nested page tables (<see cref="NestedPageFormat"/>) or EPT (<see cref="EptFormat"/>).</summary>
public sealed class NestedPageTables<TFormat> : GuestAddressSpace where TFormat : struct, IPageTableFormat
{
    private readonly PageTable<TFormat> _table;

    private NestedPageTables(PageTable<TFormat> table) => _table = table;

    /// <summary>An empty address space, or null when there is no page for its root. <paramref name="largestPageLevel"/>: 3 where the CPU has 1 GiB pages, else 2.</summary>
    public static NestedPageTables<TFormat>? Create(PageSource pages, int largestPageLevel) =>
        PageTable<TFormat>.Create(pages, largestPageLevel) is { } table ? new NestedPageTables<TFormat>(table) : null;

    /// <inheritdoc/>
    public override bool TryMap(ulong gpa, ulong hpa, ulong length, MemoryAccess access) =>
        _table.TryMap(gpa, hpa, length, new PageAttributes(access, MemoryType.WriteBack));

    /// <inheritdoc/>
    public override bool TryUnmap(ulong gpa, ulong length) => _table.TryUnmap(gpa, length);

    /// <summary>What a GPA is mapped to. False when it is not mapped.</summary>
    public bool TryTranslate(ulong gpa, out PageTranslation translation) => _table.TryTranslate(gpa, out translation);

    /// <inheritdoc/>
    public override ulong Root => _table.Root;

    /// <inheritdoc/>
    public override int TablePages => _table.TablePages;

    /// <inheritdoc/>
    public override void Free() => _table.Free();
}
