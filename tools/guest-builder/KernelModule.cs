using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;

namespace Lamina.GuestBuilder;

/// <summary>
/// What a kernel module says about itself: the section <c>.modinfo</c> of its ELF file, which holds <c>KEY=VALUE</c> strings with a zero byte after each
/// (Linux, include/linux/moduleparam.h; System V ABI, chapter 4, with its 64-bit sizes).
/// </summary>
internal static class KernelModule
{
    private const int ElfHeaderLength = 64;
    private const int SectionTableOffset = 0x28;   // e_shoff
    private const int SectionSizeOffset = 0x3A;    // e_shentsize
    private const int SectionCountOffset = 0x3C;   // e_shnum
    private const int NamesIndexOffset = 0x3E;     // e_shstrndx
    private const int SectionHeaderLength = 64;
    private const int SectionOffset = 0x18;        // sh_offset
    private const int SectionLength = 0x20;        // sh_size
    private const string Information = ".modinfo";

    /// <summary>The names of the modules that <paramref name="file"/> needs loaded before it.</summary>
    /// <exception cref="GuestBuildException">It is no kernel module.</exception>
    public static IReadOnlyList<string> Dependencies(string file)
    {
        byte[] bytes = File.ReadAllBytes(file);
        try
        {
            string information = Encoding.ASCII.GetString(Section(bytes, Information));
            string? depends = information.Split('\0').FirstOrDefault(line => line.StartsWith("depends=", StringComparison.Ordinal));
            return depends?["depends=".Length..].Split(',', StringSplitOptions.RemoveEmptyEntries) ?? [];
        }
        catch (ArgumentOutOfRangeException)
        {
            throw new GuestBuildException($"{file} is no kernel module: it has no section {Information}, or is cut off.");
        }
    }

    private static ReadOnlySpan<byte> Section(ReadOnlySpan<byte> elf, string name)
    {
        ReadOnlySpan<byte> header = elf[..ElfHeaderLength];
        if (!header.StartsWith("\u007fELF"u8))
            throw new ArgumentOutOfRangeException(nameof(elf));
        int table = (int)BinaryPrimitives.ReadInt64LittleEndian(header[SectionTableOffset..]);
        int size = BinaryPrimitives.ReadUInt16LittleEndian(header[SectionSizeOffset..]);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(header[SectionCountOffset..]);
        int namesIndex = BinaryPrimitives.ReadUInt16LittleEndian(header[NamesIndexOffset..]);
        ReadOnlySpan<byte> names = Content(elf, elf.Slice(table + (namesIndex * size), SectionHeaderLength));
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> section = elf.Slice(table + (i * size), SectionHeaderLength);
            ReadOnlySpan<byte> own = names[BinaryPrimitives.ReadInt32LittleEndian(section)..];
            if (Encoding.ASCII.GetString(own[..own.IndexOf((byte)0)]) == name)
                return Content(elf, section);
        }

        throw new ArgumentOutOfRangeException(nameof(name));
    }

    private static ReadOnlySpan<byte> Content(ReadOnlySpan<byte> elf, ReadOnlySpan<byte> section) =>
        elf.Slice((int)BinaryPrimitives.ReadInt64LittleEndian(section[SectionOffset..]), (int)BinaryPrimitives.ReadInt64LittleEndian(section[SectionLength..]));
}
