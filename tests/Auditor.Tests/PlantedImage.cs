using System;
using System.IO;
using System.Linq;
using System.Reflection.PortableExecutable;
using Lamina.ImageBuilder;

namespace Lamina.Auditor.Tests;

/// <summary>A small image from assembly, with whatever a test plants in it.</summary>
internal static class PlantedImage
{
    /// <summary>What the auditor says of an image whose code is <paramref name="source"/>; its entry is "Start".</summary>
    internal static AuditResult Audit(string source, Reviewed? reviewed = null, bool isCodeWritable = false)
    {
        string directory = Directory.CreateTempSubdirectory("lamina-audit-").FullName;
        try
        {
            File.WriteAllText(Path.Combine(directory, "planted.asm"), "        default rel\n        bits 64\n        section .text\n        global Start\n" + source);
            string planted = Nasm.Assemble(directory, "planted.asm", Path.Combine(directory, "planted.obj"));
            string map = Path.Combine(directory, "planted.map");
            string image = Path.Combine(directory, "planted.efi");
            HostTool.Run("lld-link", directory, ["/subsystem:efi_application", "/entry:Start", "/nodefaultlib", "/base:0xFFFFFFFF80000000", "/fixed", $"/map:{map}", $"/out:{image}", planted]);

            byte[] bytes = File.ReadAllBytes(image);
            if (isCodeWritable)
                MakeCodeWritable(bytes);
            AuditSymbol[] symbols = LinkMap.Parse(File.ReadLines(map)).Symbols
                .Select(symbol => new AuditSymbol(FunctionNameTable.ReadableName(symbol.Name), symbol.Rva))
                .ToArray();
            return ImageAuditor.Audit(bytes, symbols, reviewed ?? new Reviewed());
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void MakeCodeWritable(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        PEHeaders headers = new(stream);
        // Characteristics are the last four bytes of the first section's header (PE/COFF, 4); writing is their highest bit.
        const int CharacteristicsEnd = 39;
        int section = headers.PEHeaderStartOffset + headers.CoffHeader.SizeOfOptionalHeader;
        bytes[section + CharacteristicsEnd] |= 0x80;
    }
}
