using Internal.Runtime;
using System.Runtime.InteropServices;

namespace System.Runtime.CompilerServices;

public static unsafe class RuntimeHelpers
{
    [Intrinsic]
    public static extern bool IsReferenceOrContainsReferences<T>()
        where T : allows ref struct;

    /// <summary>The compiler replaces it by a table in the image.</summary>
    [Intrinsic]
    public static extern ReadOnlySpan<T> CreateSpan<T>(RuntimeFieldHandle field);

    /// <summary>The compiler replaces it by a copy from a table in the image.</summary>
    [Intrinsic]
    public static void InitializeArray(Array array, RuntimeFieldHandle field) =>
        Fault.Raise(FaultReason.NotSupported, "InitializeArray outside of an array's initializer.");

    /// <summary>The offset of a string's first character, for code compiled by older compilers.</summary>
    public static int OffsetToStringData => 12;

    [Intrinsic]
    public static bool IsKnownConstant(int value) => false;

    /// <summary>array[range], which copies.</summary>
    public static T[] GetSubArray<T>(T[] array, Range range)
    {
        (int start, int length) = range.GetOffsetAndLength(array.Length);
        return new ReadOnlySpan<T>(array, start, length).ToArray();
    }
}
