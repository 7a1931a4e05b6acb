using Lamina.Core;

namespace Lamina.Ept;

/// <summary>
/// AMD's nested page tables (APM vol. 2, 15.25.5): the host's own format, but every entry is a user's, as each access of a guest counts as one of CPL 3.
/// The host's EFER.NXE and PAT apply.
/// </summary>
public struct NestedPageFormat : IPageTableFormat
{
    /// <inheritdoc/>
    public static ulong EncodeTable(ulong physical) => HostPageFormat.EncodeTable(physical) | (ulong)PageEntry.User;

    /// <inheritdoc/>
    public static ulong EncodePage(ulong physical, int level, PageAttributes attributes) =>
        HostPageFormat.EncodePage(physical, level, attributes) | (ulong)PageEntry.User;

    /// <inheritdoc/>
    public static PageAttributes DecodePage(ulong entry, int level) => HostPageFormat.DecodePage(entry, level);

    /// <inheritdoc/>
    public static bool IsPresent(ulong entry) => HostPageFormat.IsPresent(entry);

    /// <inheritdoc/>
    public static bool IsPage(ulong entry, int level) => HostPageFormat.IsPage(entry, level);
}
