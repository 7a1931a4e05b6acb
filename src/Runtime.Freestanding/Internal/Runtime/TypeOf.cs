namespace Internal.Runtime;

/// <summary>Questions about type arguments.</summary>
internal static unsafe class TypeOf
{
    /// <summary>Whether both are one type.</summary>
    internal static bool Same<T, TOther>() => MethodTable.Of<T>() == MethodTable.Of<TOther>();

    /// <summary>The method table of T[].</summary>
    internal static MethodTable* Vector<T>() => MethodTable.Of<T[]>();
}
