using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>The header in a multiboot kernel (Multiboot Specification 0.6.96, 3.1.1): 32 bytes without its graphics fields.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MultibootHeader
{
    public const uint ExpectedMagic = 0x1BAD_B002;
    /// <summary>It lies whole in so many bytes from the file's start.</summary>
    public const int SearchLength = 8192;
    /// <summary>Magic, flags, checksum: what every header has.</summary>
    public const int LeastLength = 12;

    public uint Magic;
    public MultibootHeaderFlags Flags;
    /// <summary>The three add up to 0.</summary>
    public uint Checksum;
    /// <summary>The next five mean something with <see cref="MultibootHeaderFlags.Addresses"/>. Where this header is to be.</summary>
    public uint HeaderAddress;
    /// <summary>Where what is loaded begins.</summary>
    public uint LoadAddress;
    /// <summary>Where it ends; 0: with the file.</summary>
    public uint LoadEnd;
    /// <summary>What is cleared behind it ends here; 0: nothing is.</summary>
    public uint BssEnd;
    public uint Entry;
}
