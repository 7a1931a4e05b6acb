using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// The setup header of a bzImage, from file offset 0x1F1 on (Linux documentation, "The Linux/x86 Boot Protocol"). The same bytes are part of boot_params.
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 0x268 - FileOffset)]
internal struct LinuxSetupHeader
{
    /// <summary>Where it lies in the file and in boot_params.</summary>
    public const int FileOffset = 0x1F1;

    /// <summary>How many sectors of 512 bytes the real-mode part has behind the first; 0 means 4.</summary>
    [FieldOffset(0)] public byte SetupSectors;
    /// <summary>0xAA55.</summary>
    [FieldOffset(0x1FE - FileOffset)] public ushort BootFlag;
    /// <summary>The second byte of a jump: the header ends so many bytes behind offset 0x202.</summary>
    [FieldOffset(0x201 - FileOffset)] public byte JumpOffset;
    /// <summary>"HdrS".</summary>
    [FieldOffset(0x202 - FileOffset)] public uint Magic;
    /// <summary>Protocol version, major in the high byte.</summary>
    [FieldOffset(0x206 - FileOffset)] public ushort Version;
    /// <summary>Who loaded it.</summary>
    [FieldOffset(0x210 - FileOffset)] public byte LoaderType;
    /// <summary>Flags of the loading.</summary>
    [FieldOffset(0x211 - FileOffset)] public byte LoadFlags;
    /// <summary>GPA of the initial RAM disk.</summary>
    [FieldOffset(0x218 - FileOffset)] public uint RamdiskAddress;
    /// <summary>Its length in bytes.</summary>
    [FieldOffset(0x21C - FileOffset)] public uint RamdiskLength;
    /// <summary>GPA of the command line.</summary>
    [FieldOffset(0x228 - FileOffset)] public uint CommandLineAddress;
    /// <summary>The highest address that the RAM disk may have a byte at.</summary>
    [FieldOffset(0x22C - FileOffset)] public uint HighestRamdiskAddress;
    /// <summary>The kernel's alignment, where it can be moved.</summary>
    [FieldOffset(0x230 - FileOffset)] public uint Alignment;
    /// <summary>Whether it can be moved.</summary>
    [FieldOffset(0x234 - FileOffset)] public byte IsRelocatable;
    /// <summary>Flags of the kernel.</summary>
    [FieldOffset(0x236 - FileOffset)] public LinuxLoadFlags ExtendedFlags;
    /// <summary>The most bytes of a command line, without its zero.</summary>
    [FieldOffset(0x238 - FileOffset)] public uint MostCommandLine;
    /// <summary>Where the kernel would like to be.</summary>
    [FieldOffset(0x258 - FileOffset)] public ulong PreferredAddress;
    /// <summary>How much memory the kernel needs from its start on before it looks at the memory map.</summary>
    [FieldOffset(0x260 - FileOffset)] public uint InitialLength;
}
