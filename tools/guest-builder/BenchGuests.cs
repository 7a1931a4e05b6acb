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

    /// <summary>A multiboot kernel that times interrupts between two CPUs.</summary>
    public const string Interrupts = "ipi.bin";

    /// <summary>A multiboot kernel that times its timer's wake-ups.</summary>
    public const string WakeUps = "wake.bin";

    /// <summary>A multiboot kernel that times exits on as many CPUs as the digit on its command line says.</summary>
    public const string Exits = "exits.bin";

    /// <summary>A multiboot kernel that never ends and never halts.</summary>
    public const string Spin = "spin.bin";

    /// <summary>An initrd for a Linux kernel, whose /init reads the TSC first of all.</summary>
    public const string Initrd = "init.img";

    /// <summary>An initrd to come behind that of the service VMs: its /init measures devices and wires.</summary>
    public const string Devices = "devices.img";

    /// <summary>A disk's image.</summary>
    public const string Disk = "disk.img";

    private const int DiskBytes = 32 << 20;

    /// <summary>Assembles them if a source has changed.</summary>
    /// <param name="repoRoot">The directory that holds <c>bench/guests</c> and <c>artifacts/</c>.</param>
    /// <param name="progress">Gets a line at the start of each long step.</param>
    /// <returns>The directory with all of the above.</returns>
    /// <exception cref="GuestBuildException">nasm is missing or found an error.</exception>
    public static string Build(string repoRoot, IProgress<string> progress)
    {
        string sources = Path.Combine(repoRoot, "bench", "guests");
        string[] files =
        [
            .. Directory.GetFiles(sources).Order(StringComparer.Ordinal),
            Path.Combine(SmallGuests.SourceDirectory(repoRoot), "common.inc"),
        ];
        return KeyedDirectory.Ensure(Path.Combine(repoRoot, "artifacts", "guests", "bench"), KeyedDirectory.KeyOf(files, []), directory =>
        {
            progress.Report("assembling the benchmark guests");
            foreach (string kernel in (string[])[Operations, Interrupts, WakeUps, Exits, Spin])
                AssembleTo(directory, kernel);
            string init = AssembleTo(directory, "init"), io = AssembleTo(directory, "io");
            WriteInitrd(Path.Combine(directory, Initrd), archive => archive.AddFile("init", File.ReadAllBytes(init), executable: true));
            WriteInitrd(Path.Combine(directory, Devices), archive =>
            {
                archive.AddFile("init", File.ReadAllBytes(Path.Combine(sources, "devices")), executable: true);
                archive.AddDirectory("bench");
                archive.AddFile("bench/io", File.ReadAllBytes(io), executable: true);
            });
            using FileStream disk = File.Create(Path.Combine(directory, Disk));
            disk.SetLength(DiskBytes);
        });

        string AssembleTo(string directory, string name)
        {
            string program = Path.Combine(directory, name);
            SmallGuests.Assemble(repoRoot, Path.Combine(sources, Path.ChangeExtension(name, ".asm")), program);
            return program;
        }
    }

    private static void WriteInitrd(string path, Action<CpioWriter> fill)
    {
        using FileStream file = File.Create(path);
        using var compressed = new GZipStream(file, CompressionLevel.SmallestSize);
        var archive = new CpioWriter(compressed);
        fill(archive);
        archive.Finish();
    }
}
