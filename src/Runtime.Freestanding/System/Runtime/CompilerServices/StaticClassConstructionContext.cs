using System.Runtime.InteropServices;

namespace System.Runtime.CompilerServices;

/// <summary>What the compiler keeps for a type whose static constructor has to run: its address, 0 when it has run.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StaticClassConstructionContext
{
    internal nint Method;
}
