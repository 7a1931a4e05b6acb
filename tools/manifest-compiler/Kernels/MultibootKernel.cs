using System;
using System.Buffers.Binary;

namespace Lamina.Manifests.Kernels;

/// <summary>A kernel with a multiboot header: Multiboot Specification 0.6.96, "3.1 OS image format".</summary>
internal static class MultibootKernel
{
    private const int SearchLength = 8192;
    private const int Alignment = 4;
    private const int HeaderLength = 12;
    private const uint Magic = 0x1BAD_B002;
    private const uint HasAddresses = 1 << 16;

    /// <summary>Multiboot2 Specification 2.0, "3.1.1": its header lies in the first 32,768 bytes.</summary>
    private const uint Magic2 = 0xE852_50D6;
    private const int SearchLength2 = 32768;

    internal static string? Check(ReadOnlySpan<byte> file)
    {
        if (!TryFindFlags(file, out uint flags))
            return "is no multiboot kernel: 'protocol: multiboot' takes a file with a version 1 header (0x1BADB002, its checksum right) in its first 8 KiB"
                + KernelCheck.Instead(file);
        return (flags & HasAddresses) != 0 || ElfFile.IsElf(file)
            ? null
            : "has a multiboot header without load addresses, and is no ELF: it does not say where it is to be loaded";
    }

    internal static bool HasHeader(ReadOnlySpan<byte> file) => TryFindFlags(file, out _);

    internal static bool IsMultiboot2(ReadOnlySpan<byte> file)
    {
        for (int offset = 0; offset + (2 * Alignment) <= Math.Min(file.Length, SearchLength2); offset += 2 * Alignment)
        {
            if (U32(file, offset) == Magic2)
                return true;
        }

        return false;
    }

    private static bool TryFindFlags(ReadOnlySpan<byte> file, out uint flags)
    {
        flags = 0;
        for (int offset = 0; offset + HeaderLength <= Math.Min(file.Length, SearchLength); offset += Alignment)
        {
            flags = U32(file, offset + 4);
            if (U32(file, offset) == Magic && unchecked(Magic + flags + U32(file, offset + 8)) == 0)
                return true;
        }

        return false;
    }

    private static uint U32(ReadOnlySpan<byte> data, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(data[offset..]);
}
