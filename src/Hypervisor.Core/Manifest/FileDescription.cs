using System;

namespace Lamina.Core;

/// <summary>A file that travels beside a checked <see cref="BootManifest"/>.</summary>
public readonly ref struct FileDescription
{
    internal FileDescription(ReadOnlySpan<byte> name, ulong length, ReadOnlySpan<byte> digest)
    {
        Name = name;
        Length = length;
        Digest = digest;
    }

    /// <summary>Its name in <c>\lamina\</c> on the ESP, in ASCII: <see cref="ManifestRules.IsFileName"/> holds for it.</summary>
    public ReadOnlySpan<byte> Name { get; }

    /// <summary>In bytes. What the boot medium gives under this name must be as long.</summary>
    public ulong Length { get; }

    /// <summary>The SHA-256 of its content, <see cref="FileDigest.Length"/> bytes. What the boot medium gives must have the same.</summary>
    public ReadOnlySpan<byte> Digest { get; }
}
