namespace System;

/// <summary>Any array, seen as its length and bytes.</summary>
internal sealed class RawArray
{
    internal uint Length;
    internal uint Padding;
    internal byte Data;
}
