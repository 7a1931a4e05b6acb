using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>A SHA-256 (FIPS 180-4), its bytes in the order in which it is written.</summary>
[InlineArray(Length)]
public struct FileDigest
{
    /// <summary>In bytes.</summary>
    public const int Length = 32;

    private byte _first;
}
