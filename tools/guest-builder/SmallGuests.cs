using System;
using System.IO;
using System.Linq;

namespace Lamina.GuestBuilder;

/// <summary>
/// The test guests of <c>tests/guests</c>: each <c>NAME.asm</c> becomes a multiboot kernel, <c>NAME.bin</c>, with a manifest, <c>NAME.yaml</c>, whose
/// VM has that name. A guest prints a line <c>ok …</c> or <c>FAIL …</c> for each check and <c>done</c> at the end; then it powers off, or does
/// what its name says.
/// </summary>
public static class SmallGuests
{
    private const int MemoryMib = 8;

    /// <summary>Assembles them if a source has changed.</summary>
    /// <param name="repoRoot">The directory that holds <c>tests/guests</c> and <c>artifacts/</c>.</param>
    /// <param name="progress">Gets a line at the start of each long step.</param>
    /// <returns>The directory with the <c>.bin</c> and <c>.yaml</c> files.</returns>
    /// <exception cref="GuestBuildException">nasm is missing or found an error.</exception>
    public static string Build(string repoRoot, IProgress<string> progress)
    {
        string sources = SourceDirectory(repoRoot);
        string[] files = [.. Directory.GetFiles(sources).Order(StringComparer.Ordinal)];
        return KeyedDirectory.Ensure(Path.Combine(repoRoot, "artifacts", "guests", "small"), KeyedDirectory.KeyOf(files, []), directory =>
        {
            progress.Report("assembling the test guests");
            foreach (string file in files.Where(file => file.EndsWith(Assembler.Extension, StringComparison.Ordinal)))
            {
                string name = Path.GetFileNameWithoutExtension(file);
                string kernel = Path.Combine(directory, name + ".bin");
                Assemble(repoRoot, file, kernel);
                new GuestManifest(name, "multiboot", kernel, Initrd: null, CommandLine: "", MemoryMib).Write(Path.Combine(directory, name + ".yaml"));
            }
        });
    }

    /// <summary>Where the sources, and <c>common.inc</c> for all guests, are.</summary>
    internal static string SourceDirectory(string repoRoot) => Path.Combine(repoRoot, "tests", "guests");

    /// <summary>Assembles one flat file that may include <c>common.inc</c>, and what is beside it.</summary>
    internal static void Assemble(string repoRoot, string source, string output) =>
        Assembler.Assemble(source, output, SourceDirectory(repoRoot), Path.GetDirectoryName(source)!);
}
