namespace Internal.Runtime;

/// <summary>
/// The arguments of a generic type (ILCompiler's GenericCompositionNode): their count, whether variance follows, and then a 32-bit
/// self-relative pointer for each argument and a byte of variance for each.
/// </summary>
internal unsafe struct GenericComposition
{
    private ushort _count;
    private byte _hasVariance;
    private byte _padding;
    private int _first;

    /// <summary>How many arguments.</summary>
    internal readonly uint Count => _count;

    /// <summary>An argument's type.</summary>
    internal static MethodTable* Argument(GenericComposition* composition, uint index) =>
        (MethodTable*)MethodTable.Follow(&composition->_first + index);

    /// <summary>A parameter's variance.</summary>
    internal static GenericVariance Variance(GenericComposition* composition, uint index) => composition->_hasVariance == 0
        ? GenericVariance.None
        : (GenericVariance)((byte*)(&composition->_first + composition->_count))[index];
}
