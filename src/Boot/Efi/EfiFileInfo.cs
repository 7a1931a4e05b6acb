using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>EFI_FILE_INFO (UEFI 2.10, 13.5.16): the file's name follows the fields.</summary>
[StructLayout(LayoutKind.Explicit)]
public struct EfiFileInfo
{
    /// <summary>Bytes before the name.</summary>
    public const int FixedSize = 80;

    /// <summary>The attribute of a directory.</summary>
    public const ulong Directory = 0x10;

    /// <summary>Bytes in the file.</summary>
    [FieldOffset(8)]
    public ulong FileSize;

    /// <summary>What it is.</summary>
    [FieldOffset(72)]
    public ulong Attributes;
}
