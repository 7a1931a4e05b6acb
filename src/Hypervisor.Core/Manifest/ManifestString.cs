using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>Where a string lies in the string area of a compiled manifest. Strings are UTF-8 and have no terminator.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct ManifestString
{
    /// <summary>In bytes from the start of the string area.</summary>
    public uint Offset;

    /// <summary>In bytes, at most <see cref="ManifestRules.MaxStringLength"/>.</summary>
    public uint Length;
}
