using System;
using System.Buffers.Binary;
using System.IO;
using System.Reflection.PortableExecutable;

namespace Lamina.ImageBuilder;

/// <summary>
/// Takes out of the compiler's object what the image does not need. Behind each function's UNWIND_INFO NativeAOT puts where that function holds
/// references, for a garbage collector, and its protected regions, for a runtime that catches: here there is neither. What is left is the same for
/// many functions, and the linker keeps one of each. Zeroed memory goes where the file does not hold it: the linker would have it between other data.
/// </summary>
internal static class ManagedObject
{
    private const string UnwindSection = ".xdata";
    private const string ZeroedSection = ".bss";

    // Sizes and offsets of the COFF header, a section header, a symbol, and the section definition that follows one (PE/COFF, 3.3, 4, 5.4 and 5.5.5).
    private const int CoffHeaderSize = 20;
    private const int SectionHeaderSize = 40;
    private const int SectionRawSizeOffset = 16;
    private const int SectionRelocationCountOffset = 32;
    private const int SymbolSize = 18;
    private const int SymbolSectionOffset = 12;
    private const int SymbolAuxiliaryCountOffset = 17;
    private const int DefinitionRelocationCountOffset = 4;
    private const int DefinitionChecksumOffset = 8;

    // UNWIND_INFO ("x64 exception handling"): version and flags, prologue, count of codes, frame register; then the codes, padded to an even number.
    private const int InfoHeaderSize = 4;
    private const int CodeSize = 2;
    private const int CodeCountOffset = 2;
    private const int FlagsShift = 3;

    // The section that is last in the image: see docs/toolchain.md, "The file".
    private static ReadOnlySpan<byte> LastSection => ".zbss"u8;

    /// <summary>Trims an object file in place; the file keeps its length.</summary>
    internal static void Trim(Span<byte> file)
    {
        var headers = new PEHeaders(new MemoryStream(file.ToArray()));
        for (int i = 0; i < headers.SectionHeaders.Length; i++)
        {
            if (headers.SectionHeaders[i].Name == ZeroedSection)
                LastSection.CopyTo(Header(file, headers, i));
        }

        CoffHeader coff = headers.CoffHeader;
        int symbolsEnd = coff.PointerToSymbolTable + (coff.NumberOfSymbols * SymbolSize);
        for (int offset = coff.PointerToSymbolTable, next; offset < symbolsEnd; offset = next)
        {
            Span<byte> symbol = file[offset..];
            next = offset + (SymbolSize * (1 + symbol[SymbolAuxiliaryCountOffset]));
            int section = BinaryPrimitives.ReadInt16LittleEndian(symbol[SymbolSectionOffset..]) - 1;
            // A section's own symbol is followed by its definition.
            if (symbol[SymbolAuxiliaryCountOffset] != 0 && section >= 0 && headers.SectionHeaders[section] is { Name: UnwindSection } unwind)
                TrimUnwind(file.Slice(unwind.PointerToRawData, unwind.SizeOfRawData), Header(file, headers, section), symbol[SymbolSize..]);
        }
    }

    private static void TrimUnwind(ReadOnlySpan<byte> info, Span<byte> header, Span<byte> definition)
    {
        if (info[0] >> FlagsShift != 0)
            throw new BuildException("an UNWIND_INFO of the compiler's names a handler or another function's: ManagedObject would cut that off");
        int length = InfoHeaderSize + ((info[CodeCountOffset] + 1) / 2 * 2 * CodeSize);
        BinaryPrimitives.WriteInt32LittleEndian(header[SectionRawSizeOffset..], length);
        BinaryPrimitives.WriteUInt16LittleEndian(header[SectionRelocationCountOffset..], 0);
        BinaryPrimitives.WriteInt32LittleEndian(definition, length);
        BinaryPrimitives.WriteUInt16LittleEndian(definition[DefinitionRelocationCountOffset..], 0);
        // By it the linker tells contents apart before it looks at them; 0 is none.
        BinaryPrimitives.WriteUInt32LittleEndian(definition[DefinitionChecksumOffset..], 0);
    }

    private static Span<byte> Header(Span<byte> file, PEHeaders headers, int section) =>
        file[(headers.CoffHeaderStartOffset + CoffHeaderSize + (section * SectionHeaderSize))..];
}
