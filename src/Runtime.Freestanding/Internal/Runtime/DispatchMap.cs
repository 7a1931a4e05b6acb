namespace Internal.Runtime;

/// <summary>
/// Which slot of a type implements which slot of which of its interfaces (ILCompiler's InterfaceDispatchMapNode): first what the
/// type implements, then the default implementations of interfaces. Entries for static members follow; nothing here needs them.
/// </summary>
internal unsafe struct DispatchMap
{
    private ushort _implementedCount;
    private ushort _defaultCount;
    private ushort _staticImplementedCount;
    private ushort _staticDefaultCount;
    private DispatchMapEntry _first;

    /// <summary>How many entries there are for instance methods.</summary>
    internal readonly uint Count => (uint)_implementedCount + _defaultCount;

    /// <summary>The first of <see cref="Count"/> entries.</summary>
    internal static DispatchMapEntry* Entries(DispatchMap* map) => &map->_first;
}
