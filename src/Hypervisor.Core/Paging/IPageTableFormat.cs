namespace Lamina.Core;

/// <summary>
/// The entries of one kind of four-level page table: 512 entries of 8 bytes a table, 9 bits of the address a level. Level 1 maps 4 KiB an entry, level 2
/// 2 MiB, level 3 1 GiB, level 4 512 GiB (which is never a page).
/// </summary>
public interface IPageTableFormat
{
    /// <summary>An entry that leads to the table at HPA <paramref name="physical"/> and allows all that the entries there allow.</summary>
    static abstract ulong EncodeTable(ulong physical);

    /// <summary>An entry that maps a page of <paramref name="level"/> (1 to 3).</summary>
    static abstract ulong EncodePage(ulong physical, int level, PageAttributes attributes);

    /// <summary>The attributes with which <see cref="EncodePage"/> made an entry; accessed and dirty bits that hardware set since do not count.</summary>
    static abstract PageAttributes DecodePage(ulong entry, int level);

    /// <summary>Whether an entry maps or leads to anything.</summary>
    static abstract bool IsPresent(ulong entry);

    /// <summary>Whether a present entry of <paramref name="level"/> maps a page rather than leads to a table.</summary>
    static abstract bool IsPage(ulong entry, int level);
}
