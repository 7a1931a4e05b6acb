using System;
using System.Diagnostics;

namespace Lamina.Core;

/// <summary>
/// A four-level page table of any format: the host's own, nested page tables, EPT. Pages are the largest that fit; a large page is split when a part of it
/// changes, and a table that becomes empty is given back. Small pages are not joined again to a large one.
/// <para>
/// Addresses are of 48 bits; higher bits (the sign extension of a canonical address) are ignored. Every change is one write of a table entry that is complete,
/// but for a large page that replaces smaller ones, which are unmapped before. The caller drops stale translations from the TLBs before pages that were
/// unmapped, or tables that were given back, are used for anything else.
/// </para>
/// <para>Bounds rule: a pointer into a table is its page, from the page source, plus 9 bits of the address.</para>
/// </summary>
public sealed unsafe class PageTable<TFormat> where TFormat : struct, IPageTableFormat
{
    private const int Levels = 4;
    private const int EntriesPerTable = 512;
    private const ulong AddressMask = (1UL << 48) - 1;
    /// <summary>Bit 11 is free for software in all formats: the entry of the root belongs to another table.</summary>
    private const ulong Shared = 1 << 11;

    private readonly PageSource _pages;
    private readonly int _largestPageLevel;

    private PageTable(PageSource pages, int largestPageLevel, ulong root)
    {
        _pages = pages;
        _largestPageLevel = largestPageLevel;
        Root = root;
        TablePages = 1;
    }

    /// <summary>An empty table, or null when there is no page for it.</summary>
    /// <param name="pages">Where tables come from.</param>
    /// <param name="largestPageLevel">The largest pages that the CPU can do: 2 (2 MiB) or 3 (1 GiB; CPUID 8000_0001 EDX bit 26).</param>
    public static PageTable<TFormat>? Create(PageSource pages, int largestPageLevel) =>
        pages.TryAllocatePages(1, out var root) ? new PageTable<TFormat>(pages, largestPageLevel, root.Physical) : null;

    /// <summary>
    /// The same tables, but what is changed by way of the result has its pages from <paramref name="pages"/>, which must know the pages of <see cref="Create"/>'s source as well. For the
    /// source itself, which cannot be asked while it maps what it is about to give.
    /// </summary>
    public PageTable<TFormat> WithPagesFrom(PageSource pages) => new(pages, _largestPageLevel, Root);

    /// <summary>HPA of the root table.</summary>
    public ulong Root { get; }

    /// <summary>How many pages the tables take.</summary>
    public int TablePages { get; private set; }

    /// <summary>
    /// Maps [address, address + length) to [physical, physical + length), whatever was mapped there before. All three are multiples of 4096, and the range
    /// does not wrap. False when there is no page left for a table; what was mapped until then stays.
    /// </summary>
    public bool TryMap(ulong address, ulong physical, ulong length, PageAttributes attributes)
    {
        RequireAligned(address | physical | length);
        address &= AddressMask;
        while (length > 0)
        {
            int level = LargestLevel(address | physical, length);
            ulong size = SizeOf(level);
            ulong* entry = Reach(address, level);
            if (entry != null && TFormat.IsPresent(*entry) && !TFormat.IsPage(*entry, level))
            {
                TryUnmap(address, size);
                entry = Reach(address, level);
            }
            if (entry == null) return false;
            *entry = TFormat.EncodePage(physical, level, attributes);
            address += size;
            physical += size;
            length -= size;
        }
        return true;
    }

    /// <summary>
    /// Unmaps [address, address + length), multiples of 4096. False when a large page would have to be split and there is no page for the table; it
    /// never happens when whole mappings are unmapped.
    /// </summary>
    public bool TryUnmap(ulong address, ulong length)
    {
        RequireAligned(address | length);
        address &= AddressMask;
        while (length > 0)
        {
            ulong* entry = Walk(address, 1, throughShared: false, out int level);
            ulong size = SizeOf(level);
            if (TFormat.IsPresent(*entry) && !IsShared(*entry))
            {
                if ((address & (size - 1)) != 0 || length < size)
                {
                    if (!TrySplit(entry, level)) return false;
                    continue;
                }
                *entry = 0;
            }
            // What is left of the entry's range; tables are looked at when the last entry of interest in them is done.
            ulong step = Math.Min(length, size - (address & (size - 1)));
            length -= step;
            if (length == 0 || ((address + step) & (SizeOf(level + 1) - 1)) == 0) FreeEmptyTables(address);
            address += step;
        }
        return true;
    }

    /// <summary>What an address is mapped to. False when it is not mapped.</summary>
    public bool TryTranslate(ulong address, out PageTranslation translation)
    {
        translation = default;
        ulong* entry = Walk(address, 1, throughShared: true, out int level);
        if (!TFormat.IsPresent(*entry)) return false;
        ulong offset = address & (SizeOf(level) - 1);
        translation = new PageTranslation(Frame(*entry, level) + offset, SizeOf(level), TFormat.DecodePage(*entry, level));
        return true;
    }

    /// <summary>
    /// Lets the 512 GiB around <paramref name="address"/> be those of another table, whatever is or will be mapped in them: the root entries lead to the same
    /// tables. <paramref name="owner"/> must have something mapped there, as long as this table is used. Here they are neither changed nor freed. False when
    /// the owner has nothing there.
    /// </summary>
    public bool TryShare(PageTable<TFormat> owner, ulong address)
    {
        ulong entry = *owner.Entry(owner.Root, address, Levels);
        if (!TFormat.IsPresent(entry)) return false;
        *Entry(Root, address, Levels) = entry | Shared;
        return true;
    }

    /// <summary>
    /// Makes the table of the 512 GiB around <paramref name="address"/>, so that they can be shared before anything is mapped in them. (It goes when all that was mapped there has been unmapped.)
    /// False when there is no page for it.
    /// </summary>
    public bool TryReserve(ulong address)
    {
        ulong* entry = Entry(Root, address, Levels);
        if (TFormat.IsPresent(*entry)) return true;
        if (!_pages.TryAllocatePages(1, out var table)) return false;
        // These tables may map what the source has grown by: then it was made meanwhile.
        if (TFormat.IsPresent(*entry))
        {
            _pages.FreePages(table);
            return true;
        }
        TablePages++;
        *entry = TFormat.EncodeTable(table.Physical);
        return true;
    }

    /// <summary>Gives all tables back, the root as well; the page table is not used again.</summary>
    public void Free()
    {
        TryUnmap(0, AddressMask + 1);
        FreeTable(Root);
    }

    private static void RequireAligned(ulong bits)
    {
        Debug.Assert(bits % HostPages.PageSize == 0, "page tables map whole pages of 4 KiB");
    }

    private static ulong SizeOf(int level) => 1UL << (3 + 9 * level);

    private static ulong Frame(ulong entry, int level) => entry & (ulong)PageEntry.AddressMask & ~(SizeOf(level) - 1);

    private static bool IsShared(ulong entry) => (entry & Shared) != 0;

    private int LargestLevel(ulong addresses, ulong length)
    {
        int level = _largestPageLevel;
        while (level > 1 && ((addresses & (SizeOf(level) - 1)) != 0 || length < SizeOf(level))) level--;
        return level;
    }

    private ulong* Entry(ulong table, ulong address, int level) =>
        (ulong*)_pages.VirtualOf(table) + ((address >> (3 + 9 * level)) & (EntriesPerTable - 1));

    /// <summary>
    /// The entry that ends the walk of an address: a page's, an absent one, one of level <paramref name="lowest"/>, or, unless the walk goes
    /// <paramref name="throughShared"/>, one that belongs to another table.
    /// </summary>
    private ulong* Walk(ulong address, int lowest, bool throughShared, out int level)
    {
        level = Levels;
        ulong* entry = Entry(Root, address, level);
        while (level > lowest && TFormat.IsPresent(*entry) && !TFormat.IsPage(*entry, level) && (throughShared || !IsShared(*entry)))
            entry = Entry(Frame(*entry, 1), address, --level);
        return entry;
    }

    /// <summary>The entry of an address at a level, with tables made and large pages split on the way; null when there is no page for one, or the part is another table's.</summary>
    private ulong* Reach(ulong address, int target)
    {
        ulong* entry = Entry(Root, address, Levels);
        for (int level = Levels; level > target; level--)
        {
            // This part belongs to another table, and is not this one's to change.
            if (IsShared(*entry)) return null;
            bool isTable = TFormat.IsPresent(*entry) && !TFormat.IsPage(*entry, level);
            if (!isTable && !TrySplit(entry, level)) return null;
            entry = Entry(Frame(*entry, 1), address, level - 1);
        }
        return entry;
    }

    /// <summary>Puts a table in the place of a page, with the same translations, or of nothing.</summary>
    private bool TrySplit(ulong* entry, int level)
    {
        if (!_pages.TryAllocatePages(1, out var table)) return false;
        TablePages++;
        if (TFormat.IsPresent(*entry))
        {
            var attributes = TFormat.DecodePage(*entry, level);
            ulong physical = Frame(*entry, level);
            for (int i = 0; i < EntriesPerTable; i++)
            {
                ((ulong*)table.Virtual)[i] = TFormat.EncodePage(physical, level - 1, attributes);
                physical += SizeOf(level - 1);
            }
        }
        *entry = TFormat.EncodeTable(table.Physical);
        return true;
    }

    /// <summary>Gives the tables on the way to an address back that have become empty, from the lowest up; the root stays.</summary>
    private void FreeEmptyTables(ulong address)
    {
        for (int target = 2; target <= Levels; target++)
        {
            ulong* entry = Walk(address, target, throughShared: false, out int level);
            if (level > target || !TFormat.IsPresent(*entry)) continue;
            if (TFormat.IsPage(*entry, level) || IsShared(*entry) || !IsEmpty(Frame(*entry, 1))) return;
            ulong table = Frame(*entry, 1);
            *entry = 0;
            FreeTable(table);
        }
    }

    private bool IsEmpty(ulong table)
    {
        ulong* entries = (ulong*)_pages.VirtualOf(table);
        for (int i = 0; i < EntriesPerTable; i++)
            if (TFormat.IsPresent(entries[i])) return false;
        return true;
    }

    private void FreeTable(ulong physical)
    {
        TablePages--;
        _pages.FreePages(new HostPages(_pages.VirtualOf(physical), physical, 1));
    }
}
