using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
using System.Reflection.PortableExecutable;

namespace Lamina.Auditor;

/// <summary>A linked image, by addresses relative to its start.</summary>
internal sealed class AuditedImage
{
    private readonly byte[] _bytes;

    internal AuditedImage(byte[] bytes)
    {
        _bytes = bytes;
        Headers = new PEHeaders(new MemoryStream(bytes));
    }

    internal PEHeaders Headers { get; }

    internal ImmutableArray<SectionHeader> Sections => Headers.SectionHeaders;

    internal IEnumerable<SectionHeader> CodeSections =>
        Sections.Where(section => (section.SectionCharacteristics & SectionCharacteristics.MemExecute) != 0);

    internal ulong Base => Headers.PEHeader!.ImageBase;

    internal ReadOnlySpan<byte> Read(uint rva, int length)
    {
        foreach (SectionHeader section in Sections)
        {
            long offset = (long)rva - section.VirtualAddress;
            if (offset >= 0 && offset + length <= section.SizeOfRawData)
                return _bytes.AsSpan((int)(section.PointerToRawData + offset), length);
        }

        return default;
    }

    internal ushort ReadUInt16(uint rva) => BinaryPrimitives.ReadUInt16LittleEndian(Read(rva, 2));

    internal uint ReadUInt32(uint rva) => BinaryPrimitives.ReadUInt32LittleEndian(Read(rva, 4));

    /// <summary>The address that a pointer in the image holds, relative to the image's start; null if it leads elsewhere.</summary>
    internal uint? ReadPointer(uint rva)
    {
        ReadOnlySpan<byte> pointer = Read(rva, 8);
        if (pointer.IsEmpty)
            return null;
        ulong offset = BinaryPrimitives.ReadUInt64LittleEndian(pointer) - Base;
        return offset < (ulong)Headers.PEHeader!.SizeOfImage ? (uint)offset : null;
    }
}
