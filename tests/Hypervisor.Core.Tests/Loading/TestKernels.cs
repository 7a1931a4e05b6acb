using System;
using System.Buffers.Binary;

namespace Lamina.Core.Tests.Loading;

/// <summary>Kernels made by hand: headers that are right, and code that is a pattern.</summary>
internal static class TestKernels
{
    public const ulong LoadAddress = 0x10_0000;
    public const int CodeLength = 0x3000;

    /// <summary>A bzImage of protocol 2.15 with five setup sectors.</summary>
    public static byte[] BzImage()
    {
        const int setup = 5 * 512;
        var file = new byte[setup + CodeLength];
        file[0x1F1] = 4;
        Put16(file, 0x1FE, 0xAA55);
        file[0x200] = 0xEB;
        file[0x201] = 0x6A;
        Put32(file, 0x202, 0x5372_6448);
        Put16(file, 0x206, 0x020F);
        file[0x211] = 1;
        Put32(file, 0x22C, 0x7FFF_FFFF);
        Put32(file, 0x230, 0x20_0000);
        file[0x234] = 1;
        Put16(file, 0x236, 0x3F);
        Put32(file, 0x238, 2047);
        Put64(file, 0x258, 0x40_0000);
        Put32(file, 0x260, 0x10_0000);
        Pattern(file.AsSpan(setup));
        return file;
    }

    /// <summary>An ELF64 with one segment at 1 MiB of twice its length in memory, and a PVH note.</summary>
    public static byte[] PvhElf64()
    {
        const int note = 64 + 2 * 56, code = 0x1000;
        var file = new byte[code + CodeLength];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 2;
        file[5] = 1;
        file[6] = 1;
        Put16(file, 16, 2);
        Put16(file, 18, 62);
        Put64(file, 24, 0xFFFF_FFFF_8000_0040);
        Put64(file, 32, 64);
        Put16(file, 54, 56);
        Put16(file, 56, 2);
        Segment64(file, 64, 1, code, 0xFFFF_FFFF_8000_0000, LoadAddress, CodeLength, CodeLength * 2);
        Segment64(file, 64 + 56, 4, note, 0, 0, 20, 20);
        Put32(file, note, 4);
        Put32(file, note + 4, 4);
        Put32(file, note + 8, 18);
        "Xen\0"u8.CopyTo(file.AsSpan(note + 12));
        Put32(file, note + 16, (uint)LoadAddress + 0x20);
        Pattern(file.AsSpan(code));
        return file;
    }

    /// <summary>An ELF32 with a multiboot header and one segment at 1 MiB.</summary>
    public static byte[] MultibootElf32()
    {
        const int code = 0x1000;
        var file = new byte[code + CodeLength];
        "\u007fELF"u8.CopyTo(file);
        file[4] = 1;
        file[5] = 1;
        Put16(file, 18, 3);
        Put32(file, 24, (uint)LoadAddress + 0x40);
        Put32(file, 28, 52);
        Put16(file, 42, 32);
        Put16(file, 44, 1);
        Put32(file, 52, 1);
        Put32(file, 52 + 4, code);
        Put32(file, 52 + 8, (uint)LoadAddress);
        Put32(file, 52 + 12, (uint)LoadAddress);
        Put32(file, 52 + 16, CodeLength);
        Put32(file, 52 + 20, CodeLength * 2);
        Pattern(file.AsSpan(code));
        MultibootHeader(file, code, 3);
        return file;
    }

    /// <summary>A plain file whose multiboot header says where it goes.</summary>
    public static byte[] MultibootFlat()
    {
        var file = new byte[CodeLength];
        Pattern(file);
        MultibootHeader(file, 0x100, 3 | 1 << 16);
        Put32(file, 0x10C, (uint)LoadAddress + 0x100);
        Put32(file, 0x110, (uint)LoadAddress);
        Put32(file, 0x114, 0);
        Put32(file, 0x118, (uint)LoadAddress + CodeLength + 0x1000);
        Put32(file, 0x11C, (uint)LoadAddress + 0x200);
        return file;
    }

    public static void MultibootHeader(byte[] file, int at, uint flags)
    {
        Put32(file, at, 0x1BAD_B002);
        Put32(file, at + 4, flags);
        Put32(file, at + 8, unchecked(0u - 0x1BAD_B002 - flags));
    }

    private static void Segment64(byte[] file, int at, uint type, ulong offset, ulong virtualAddress, ulong address, ulong fileLength, ulong length)
    {
        Put32(file, at, type);
        Put64(file, at + 8, offset);
        Put64(file, at + 16, virtualAddress);
        Put64(file, at + 24, address);
        Put64(file, at + 32, fileLength);
        Put64(file, at + 40, length);
    }

    private static void Pattern(Span<byte> code)
    {
        for (int i = 0; i < code.Length; i++) code[i] = (byte)(i * 7 + i / 256);
    }

    public static void Put16(byte[] file, int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(at), value);
    public static void Put32(byte[] file, int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(at), value);
    public static void Put64(byte[] file, int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(file.AsSpan(at), value);
}
