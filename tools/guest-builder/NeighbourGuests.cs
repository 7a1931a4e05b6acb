using System;
using System.IO;

namespace Lamina.GuestBuilder;

/// <summary>What VMs do that stand beside the one that is looked at, good neighbours and bad: from <c>tests/guests/neighbours</c>.</summary>
public static class NeighbourGuests
{
    /// <summary>A multiboot kernel that does nothing, for ever.</summary>
    public const string Idle = "idle.bin";

    /// <summary>A multiboot kernel that works for 12 s and prints how much of it was done in ten of them; its command line says what its work is.</summary>
    public const string Work = "work.bin";

    /// <summary>An initrd to come behind that of the service VMs: its /init floods what it is told to, or is the one that suffers it. The programs are those of <c>bench/guests/io.asm</c>.</summary>
    public const string Initrd = "neighbours.img";

    private const string DirectoryName = "neighbours";

    /// <summary>Makes them if a source has changed.</summary>
    /// <param name="repoRoot">The directory that holds <c>tests/guests</c> and <c>artifacts/</c>.</param>
    /// <param name="progress">Gets a line at the start of each long step.</param>
    /// <returns>The directory with <see cref="Idle"/>, <see cref="Work"/> and <see cref="Initrd"/>.</returns>
    /// <exception cref="GuestBuildException">nasm is missing or found an error.</exception>
    public static string Build(string repoRoot, IProgress<string> progress)
    {
        string shared = SmallGuests.SourceDirectory(repoRoot);
        string init = Path.Combine(shared, DirectoryName, "init");
        string idle = Path.Combine(shared, DirectoryName, "idle.asm"), work = Path.Combine(shared, DirectoryName, "work.asm");
        string io = Path.Combine(repoRoot, "bench", "guests", "io.asm");
        string key = KeyedDirectory.KeyOf([init, idle, work, io, Path.Combine(shared, "common.inc")], []);
        return KeyedDirectory.Ensure(Path.Combine(repoRoot, "artifacts", "guests", DirectoryName), key, directory =>
        {
            progress.Report("assembling the neighbours");
            SmallGuests.Assemble(repoRoot, idle, Path.Combine(directory, Idle));
            SmallGuests.Assemble(repoRoot, work, Path.Combine(directory, Work));
            string program = Path.Combine(directory, "io");
            SmallGuests.Assemble(repoRoot, io, program);
            using FileStream file = File.Create(Path.Combine(directory, Initrd));
            var archive = new CpioWriter(file);
            archive.AddFile("init", File.ReadAllBytes(init), executable: true);
            archive.AddDirectory("bench");
            archive.AddFile("bench/io", File.ReadAllBytes(program), executable: true);
            archive.Finish();
        });
    }
}
