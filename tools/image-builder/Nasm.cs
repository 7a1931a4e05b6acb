using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace Lamina.ImageBuilder;

/// <summary>The assembler.</summary>
internal static class Nasm
{
    // The linker sorts what is behind the $: .text$00, the entries and multiboot's headers, comes before all other code.
    private const string CodeSection = "-D.text=.text$50";

    /// <summary>An object file for each .asm file of the recipe.</summary>
    internal static IEnumerable<string> AssembleAll(BuildOptions options)
    {
        string directory = Path.Combine(options.IntermediateDirectory, "asm");
        Directory.CreateDirectory(directory);
        return options.Recipe.AssemblyFiles(options.Root)
            .Select(source => Assemble(options.Root, source, Path.Combine(directory, source.Replace('/', '-') + ".obj")))
            .ToList();
    }

    /// <summary>An object file from one source, whose path is relative to <paramref name="root"/>.</summary>
    internal static string Assemble(string root, string source, string output)
    {
        string said = HostTool.Run("nasm", root, ["-f", "win64", "-Werror", CodeSection, "-o", output, source]).Trim();
        return said.Length == 0 ? output : throw new BuildException($"nasm: {said}");
    }
}
