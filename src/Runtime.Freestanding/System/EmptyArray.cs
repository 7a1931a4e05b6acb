namespace System;

/// <summary>The one array without elements of a type.</summary>
internal static class EmptyArray<T>
{
    internal static readonly T[] Value = new T[0];
}
