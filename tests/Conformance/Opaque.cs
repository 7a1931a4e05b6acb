using System.Runtime.CompilerServices;

namespace Lamina.Conformance;

/// <summary>Values that the optimizer cannot see through, so that what is checked is computed at run time.</summary>
internal static class Opaque
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static T Of<T>(T value) => value;
}
