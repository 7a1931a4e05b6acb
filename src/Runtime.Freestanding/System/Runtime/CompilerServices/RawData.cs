namespace System.Runtime.CompilerServices;

/// <summary>Any object, seen as its bytes. The compiler knows it by this name.</summary>
internal sealed class RawData
{
    internal byte Data;
}
