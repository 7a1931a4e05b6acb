using System;
using System.Buffers.Binary;
using System.Text;

namespace Lamina.Manifests.Tests;

/// <summary>The least files that are kernels by each protocol's document.</summary>
internal static class SampleKernels
{
    /// <summary>A bzImage that unpacks itself between 16 and 24 MiB.</summary>
    internal static byte[] BzImage(ushort version = 0x20F, ushort xLoadFlags = 1)
    {
        byte[] file = new byte[8192];
        file[0x1F1] = 4;
        Write16(file, 0x1FE, 0xAA55);
        "HdrS"u8.CopyTo(file.AsSpan(0x202));
        Write16(file, 0x206, version);
        Write16(file, 0x236, xLoadFlags);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(0x258), 16 << 20);
        Write32(file, 0x260, 8 << 20);
        return file;
    }

    /// <summary>A 64-bit ELF with a load segment from 1 to 3 MiB and a note of this owner and type.</summary>
    internal static byte[] Elf(string noteOwner = "Xen", uint noteType = 18)
    {
        byte[] file = new byte[512];
        "\u007FELF"u8.CopyTo(file);
        file[4] = 2;
        Write32(file, 0x20, 64);
        Write16(file, 0x36, 56);
        Write16(file, 0x38, 2);
        WriteSegment(file, 64, type: 1, offset: 0, physical: 1 << 20, fileSize: 16, memorySize: 2 << 20);
        WriteSegment(file, 120, type: 4, offset: 256, physical: 0, fileSize: 20, memorySize: 20);
        Write32(file, 256, (uint)noteOwner.Length + 1);
        Write32(file, 260, 4);
        Write32(file, 264, noteType);
        Encoding.ASCII.GetBytes(noteOwner).CopyTo(file, 268);
        return file;
    }

    /// <summary>A multiboot kernel, its header at this offset.</summary>
    internal static byte[] Multiboot(int offset = 64, uint flags = 1 << 16, uint wrong = 0)
    {
        byte[] file = new byte[Math.Max(8192, offset + 32)];
        Write32(file, offset, 0x1BADB002);
        Write32(file, offset + 4, flags);
        Write32(file, offset + 8, unchecked(0u - 0x1BADB002u - flags + wrong));
        return file;
    }

    internal static byte[] Multiboot2()
    {
        byte[] file = new byte[64];
        Write32(file, 0, 0xE85250D6);
        return file;
    }

    private static void WriteSegment(byte[] file, int at, uint type, ulong offset, ulong physical, ulong fileSize, ulong memorySize)
    {
        Write32(file, at, type);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at + 0x08), offset);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at + 0x18), physical);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at + 0x20), fileSize);
        BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at + 0x28), memorySize);
    }

    private static void Write16(byte[] file, int offset, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(offset), value);

    private static void Write32(byte[] file, int offset, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(offset), value);
}
