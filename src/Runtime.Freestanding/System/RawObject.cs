namespace System;

/// <summary>Any object, seen as its bytes.</summary>
internal sealed class RawObject
{
    internal byte First;
}
