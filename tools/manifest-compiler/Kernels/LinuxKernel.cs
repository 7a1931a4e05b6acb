using System;
using System.Buffers.Binary;

namespace Lamina.Manifests.Kernels;

/// <summary>A bzImage: the Linux kernel's Documentation/arch/x86/boot.rst, "The Real-Mode Kernel Header".</summary>
internal static class LinuxKernel
{
    private const int SetupSectsOffset = 0x1F1;
    private const int BootFlagOffset = 0x1FE;
    private const int HeaderOffset = 0x202;
    private const int VersionOffset = 0x206;
    private const int XLoadFlagsOffset = 0x236;
    private const int PrefAddressOffset = 0x258;
    private const int InitSizeOffset = 0x260;
    private const int HeaderEnd = 0x264;
    private const int SectorSize = 512;
    private const ushort BootFlag = 0xAA55;
    private const ushort FirstVersionWithXLoadFlags = 0x020C;
    private const ushort XlfKernel64 = 1 << 0;

    internal static bool IsBzImage(ReadOnlySpan<byte> file) =>
        file.Length >= HeaderEnd
        && BinaryPrimitives.ReadUInt16LittleEndian(file[BootFlagOffset..]) == BootFlag
        && file.Slice(HeaderOffset, 4).SequenceEqual("HdrS"u8);

    internal static string? Check(ReadOnlySpan<byte> file, out ulong leastMemory)
    {
        leastMemory = 0;
        if (!IsBzImage(file))
            return "is no Linux kernel: 'protocol: linux' takes a bzImage (Debian's /boot/vmlinuz-…)" + KernelCheck.Instead(file);
        ushort version = BinaryPrimitives.ReadUInt16LittleEndian(file[VersionOffset..]);
        if (version < FirstVersionWithXLoadFlags)
            return $"is a Linux kernel of boot protocol {version >> 8}.{version & 0xFF:D2}: 2.12 or later is needed (Linux 3.8 and later)";
        if ((BinaryPrimitives.ReadUInt16LittleEndian(file[XLoadFlagsOffset..]) & XlfKernel64) == 0)
            return "is a 32-bit Linux kernel: one with the 64-bit entry is needed (amd64)";
        // "If setup_sects is 0, the real value is 4", and the boot sector comes before them.
        int setupSectors = file[SetupSectsOffset] == 0 ? 4 : file[SetupSectsOffset];
        if (file.Length <= (setupSectors + 1) * SectorSize)
            return "is a bzImage that ends within its setup code: was it copied whole?";
        leastMemory = BinaryPrimitives.ReadUInt64LittleEndian(file[PrefAddressOffset..]) + BinaryPrimitives.ReadUInt32LittleEndian(file[InitSizeOffset..]);
        return null;
    }
}
