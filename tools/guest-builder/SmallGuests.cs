using System;
using System.IO;
using System.Linq;

namespace Lamina.GuestBuilder;

/// <summary>The test guests of <c>tests/guests</c>: each <c>NAME.asm</c> becomes a multiboot kernel, <c>NAME.bin</c>.</summary>
public static class SmallGuests
{
    /// <summary>Assembles them if a source has changed.</summary>
    /// <param name="repoRoot">The directory that holds <c>tests/guests</c> and <c>artifacts/</c>.</param>
    /// <param name="progress">Gets a line at the start of each long step.</param>
    /// <returns>The directory with the <c>.bin</c> files.</returns>
    /// <exception cref="GuestBuildException">nasm is missing or found an error.</exception>
    public static string Build(string repoRoot, IProgress<string> progress)
    {
        string sources = SourceDirectory(repoRoot);
        string[] files = [.. Directory.GetFiles(sources).Order(StringComparer.Ordinal)];
        return KeyedDirectory.Ensure(Path.Combine(repoRoot, "artifacts", "guests", "small"), KeyedDirectory.KeyOf(files, []), directory =>
        {
            progress.Report("assembling the test guests");
            foreach (string file in files.Where(file => file.EndsWith(".asm", StringComparison.Ordinal)))
                Assemble(repoRoot, file, Path.Combine(directory, Path.GetFileNameWithoutExtension(file) + ".bin"));
        });
    }

    /// <summary>Where the sources, and <c>common.inc</c> for all guests, are.</summary>
    internal static string SourceDirectory(string repoRoot) => Path.Combine(repoRoot, "tests", "guests");

    /// <summary>Assembles one flat file that may include <c>common.inc</c>.</summary>
    internal static void Assemble(string repoRoot, string source, string output) =>
        HostTool.Run("nasm", ["-f", "bin", "-w+all", "-w+error", "-I", SourceDirectory(repoRoot) + Path.DirectorySeparatorChar, "-o", output, source]);
}
