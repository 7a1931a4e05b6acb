using System;

namespace Internal.Runtime;

/// <summary>Compares boxed values bit by bit, which is right for enums, integers and structs of them without padding.</summary>
internal static unsafe class ValueComparison
{
    /// <summary>Whether both are boxes of one type with the same bits.</summary>
    internal static bool SameBits(object one, object? other)
    {
        if (other == null || one.ObjectType != other.ObjectType)
        {
            return false;
        }

        uint size = one.ObjectType->ValueSize;
        return SpanHelpers.SequenceEqual(ref one.ObjectData, ref other.ObjectData, size);
    }
}
