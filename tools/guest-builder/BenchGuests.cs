using System;
using System.IO;
using System.IO.Compression;
using System.Linq;

namespace Lamina.GuestBuilder;

/// <summary>The guests that <c>bench/</c> measures with, from <c>bench/guests</c>.</summary>
public static class BenchGuests
{
    /// <summary>A multiboot kernel that times single operations.</summary>
    public const string Operations = "operations.bin";

    /// <summary>An initrd for a Linux kernel, whose /init reads the TSC first of all.</summary>
    public const string Initrd = "init.img";

    /// <summary>Assembles them if a source has changed.</summary>
    /// <param name="repoRoot">The directory that holds <c>bench/guests</c> and <c>artifacts/</c>.</param>
    /// <param name="progress">Gets a line at the start of each long step.</param>
    /// <returns>The directory with <see cref="Operations"/> and <see cref="Initrd"/>.</returns>
    /// <exception cref="GuestBuildException">nasm is missing or found an error.</exception>
    public static string Build(string repoRoot, IProgress<string> progress)
    {
        string sources = Path.Combine(repoRoot, "bench", "guests");
        string[] files =
        [
            .. Directory.GetFiles(sources, "*.asm").Order(StringComparer.Ordinal),
            Path.Combine(SmallGuests.SourceDirectory(repoRoot), "common.inc"),
        ];
        return KeyedDirectory.Ensure(Path.Combine(repoRoot, "artifacts", "guests", "bench"), KeyedDirectory.KeyOf(files, []), directory =>
        {
            progress.Report("assembling the benchmark guests");
            SmallGuests.Assemble(repoRoot, Path.Combine(sources, "operations.asm"), Path.Combine(directory, Operations));
            string init = Path.Combine(directory, "init");
            SmallGuests.Assemble(repoRoot, Path.Combine(sources, "init.asm"), init);
            using FileStream file = File.Create(Path.Combine(directory, Initrd));
            using var compressed = new GZipStream(file, CompressionLevel.SmallestSize);
            var archive = new CpioWriter(compressed);
            archive.AddFile("init", File.ReadAllBytes(init), executable: true);
            archive.Finish();
        });
    }
}
