using System;
using System.Buffers.Binary;
using System.Linq;
using System.Reflection.PortableExecutable;

namespace Lamina.ImageBuilder;

/// <summary>
/// Makes the linker's image one that every loader takes as it is. UEFI loads it anywhere and must not refuse it for having no
/// relocations: its entry builds page tables that put it where it is linked. Multiboot loads the file flat: what a section holds lies in the file where
/// it lies in memory.
/// </summary>
internal static class Finisher
{
    // Offsets in the COFF header and in a data directory and a section header (PE/COFF, 3.3, 3.4.3 and 4).
    private const int CharacteristicsOffset = 18;
    private const int DataDirectoryOffset = 112;
    private const int DataDirectorySize = 8;
    private const int BaseRelocationDirectory = 5;
    private const int SectionHeaderSize = 40;
    private const int SectionRawPointerOffset = 20;

    private const int EmptyBlockSize = 12;

    /// <summary>The finished image.</summary>
    /// <param name="linked">The linker's image.</param>
    /// <param name="emptyRelocations">
    /// Where in it, relative to its start, a block of base relocations is that says "nothing": some firmware wants the directory not to be empty.
    /// </param>
    internal static byte[] Finish(byte[] linked, uint emptyRelocations)
    {
        PEHeaders headers = PeImage.Parse(linked).Headers;
        PEHeader optional = headers.PEHeader!;
        if (optional.SectionAlignment != 4096)
            throw new BuildException($"sections are aligned to {optional.SectionAlignment}, not to pages of 4096 bytes");

        int size = headers.SectionHeaders.Where(section => section.SizeOfRawData != 0).Max(section => section.VirtualAddress + section.SizeOfRawData);
        byte[] image = new byte[size];
        linked.AsSpan(0, optional.SizeOfHeaders).CopyTo(image);

        int sectionHeader = headers.PEHeaderStartOffset + headers.CoffHeader.SizeOfOptionalHeader;
        foreach (SectionHeader section in headers.SectionHeaders)
        {
            if (section.SizeOfRawData != 0)
            {
                linked.AsSpan(section.PointerToRawData, section.SizeOfRawData).CopyTo(image.AsSpan(section.VirtualAddress));
                Write(image, sectionHeader + SectionRawPointerOffset, section.VirtualAddress);
            }

            sectionHeader += SectionHeaderSize;
        }

        ClearRelocationsStripped(image, headers);
        AddRelocationDirectory(image, headers, emptyRelocations);
        return image;
    }

    private static void ClearRelocationsStripped(byte[] image, PEHeaders headers)
    {
        Span<byte> characteristics = image.AsSpan(headers.CoffHeaderStartOffset + CharacteristicsOffset);
        ushort value = BinaryPrimitives.ReadUInt16LittleEndian(characteristics);
        BinaryPrimitives.WriteUInt16LittleEndian(characteristics, (ushort)(value & ~(ushort)Characteristics.RelocsStripped));
    }

    private static void AddRelocationDirectory(byte[] image, PEHeaders headers, uint block)
    {
        int directory = headers.PEHeaderStartOffset + DataDirectoryOffset + (BaseRelocationDirectory * DataDirectorySize);
        Write(image, directory, (int)block);
        Write(image, directory + 4, EmptyBlockSize);
    }

    private static void Write(byte[] image, int offset, int value) => BinaryPrimitives.WriteInt32LittleEndian(image.AsSpan(offset), value);
}
