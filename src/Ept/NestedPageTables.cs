using Lamina.Core;

namespace Lamina.Ept;

/// <summary>A VM's second-level translation: nested page tables (<see cref="NestedPageFormat"/>) or EPT (<see cref="EptFormat"/>).</summary>
public sealed class NestedPageTables<TFormat> : GuestAddressSpace where TFormat : struct, IPageTableFormat
{
    private readonly PageTable<TFormat> _table;
    private readonly MemoryAccess _always;

    private NestedPageTables(PageTable<TFormat> table, MemoryAccess always)
    {
        _table = table;
        _always = always;
    }

    /// <summary>An empty address space, or null when there is no page for its root.</summary>
    /// <param name="pages">Where tables come from.</param>
    /// <param name="largestPageLevel">3 where the CPU has 1 GiB pages, else 2.</param>
    /// <param name="executeOnly">
    /// Whether the CPU has pages that can be executed and not read, as some with EPT do; elsewhere all that is mapped can be read.
    /// </param>
    public static NestedPageTables<TFormat>? Create(PageSource pages, int largestPageLevel, bool executeOnly = false) =>
        PageTable<TFormat>.Create(pages, largestPageLevel) is { } table
            ? new NestedPageTables<TFormat>(table, executeOnly ? MemoryAccess.None : MemoryAccess.Read)
            : null;

    /// <inheritdoc/>
    public override bool TryMap(ulong gpa, ulong hpa, ulong length, MemoryAccess access) =>
        _table.TryMap(gpa, hpa, length, new PageAttributes(access | _always, MemoryType.WriteBack));

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
