using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Lamina.ImageBuilder;

/// <summary>The linker, run twice: the first map says which functions lie where, and the second link has their names in.</summary>
internal static class Linker
{
    /// <summary>Where the image runs: the high half, which all CPUs and page tables share.</summary>
    private const string Base = "0xFFFFFFFF80000000";

    /// <summary>Where <see cref="Finisher"/> finds a block of base relocations that says "nothing".</summary>
    internal const string EmptyRelocations = "EmptyRelocations";

    // The block: page 0, 12 bytes, two entries of the kind that means none (PE/COFF, 5.6).
    private const string NamesSource = $"""
                section .names rdata align=16
                incbin  "names.bin"
                align   4
                global  {EmptyRelocations}
        {EmptyRelocations}:
                dd      0, 12
                dw      0, 0

        """;

    /// <summary>The linked image, not finished; its map goes where the options say.</summary>
    internal static string Link(BuildOptions options, IReadOnlyList<string> objects)
    {
        string directory = options.IntermediateDirectory;
        string linked = Path.Combine(directory, "linked.efi");
        Link(options, objects, linked);

        byte[] table = FunctionNameTable.Write(LinkMap.Parse(File.ReadLines(options.MapPath)).Functions);
        File.WriteAllBytes(Path.Combine(directory, "names.bin"), table);
        File.WriteAllText(Path.Combine(directory, "names.asm"), NamesSource);
        string names = Nasm.Assemble(directory, "names.asm", Path.Combine(directory, "names.obj"));

        // .names comes behind .text, whose addresses stay what they were.
        Link(options, [.. objects, names], linked);
        byte[] again = FunctionNameTable.Write(LinkMap.Parse(File.ReadLines(options.MapPath)).Functions);
        return again.AsSpan().SequenceEqual(table) ? linked : throw new BuildException("the second link moved functions: .names would lie");
    }

    private static void Link(BuildOptions options, IEnumerable<string> objects, string output)
    {
        string said = HostTool.Run(
            "lld-link",
            options.Root,
            [
                "/subsystem:efi_application",
                $"/entry:{options.Recipe.EntryPoint}",
                "/nodefaultlib",
                $"/base:{Base}",
                "/fixed",
                "/driver", // only so that /align is taken without a warning
                "/align:4096",
                "/filealign:4096",
                "/Brepro",
                "/merge:.managedcode=.text",
                "/merge:.unbox=.text",
                "/merge:.modules=.rdata",
                "/merge:.pdata=.rdata",
                "/merge:.tls=.data",
                $"/map:{options.MapPath}",
                $"/out:{output}",
                .. objects,
            ]).Trim();
        if (said.Length != 0)
            throw new BuildException($"lld-link: {said}");
    }
}
