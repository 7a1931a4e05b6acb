using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>A file that travels beside a compiled manifest: on the ESP by its name, by multiboot as the module of its index plus one.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct FileRecord
{
    /// <summary>Where <see cref="Digest"/> lies in the record, in bytes.</summary>
    public const uint DigestOffset = 16;

    /// <summary>In bytes, never zero.</summary>
    public ulong Length;

    /// <summary>The file's name in <c>\lamina\</c>: <see cref="ManifestRules.IsFileName"/>.</summary>
    public ManifestString Name;

    /// <summary>Of its content.</summary>
    public FileDigest Digest;
}
