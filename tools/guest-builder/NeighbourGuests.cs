using System;
using System.IO;
using System.Linq;

namespace Lamina.GuestBuilder;

/// <summary>What VMs do that stand beside the one that is looked at, good neighbours and bad: from <c>tests/guests/neighbours</c>.</summary>
public static class NeighbourGuests
{
    /// <summary>A multiboot kernel that does nothing, for ever.</summary>
    public const string Idle = "idle.bin";

    /// <summary>A multiboot kernel that works for 12 s and prints how much of it was done in ten of them; its command line says what its work is.</summary>
    public const string Work = "work.bin";

    /// <summary>A multiboot kernel that is always busy, on all of its vCPUs.</summary>
    public const string Busy = "busy.bin";

    /// <summary>A multiboot kernel whose vCPUs spin, each for itself: they never wait for anything.</summary>
    public const string Spin = "spin.bin";

    /// <summary>A multiboot kernel that is always busy, and says line by line how it fares: its timers, and what is typed.</summary>
    public const string Counts = "counts.bin";

    /// <summary>An initrd to come behind that of the service VMs: its /init floods what it is told to, or is the one that suffers it. The programs are those of <c>bench/guests/io.asm</c>.</summary>
    public const string Initrd = "neighbours.img";

    private const string DirectoryName = "neighbours";
    private static readonly string[] s_kernels = [Idle, Work, Busy, Spin, Counts];

    /// <summary>Makes them if a source has changed.</summary>
    /// <param name="repoRoot">The directory that holds <c>tests/guests</c> and <c>artifacts/</c>.</param>
    /// <param name="progress">Gets a line at the start of each long step.</param>
    /// <returns>The directory with <see cref="Idle"/>, <see cref="Work"/>, <see cref="Busy"/>, <see cref="Spin"/>, <see cref="Counts"/> and <see cref="Initrd"/>.</returns>
    /// <exception cref="GuestBuildException">nasm is missing or found an error.</exception>
    public static string Build(string repoRoot, IProgress<string> progress)
    {
        string shared = SmallGuests.SourceDirectory(repoRoot);
        string init = Path.Combine(shared, DirectoryName, "init");
        string io = Path.Combine(repoRoot, "bench", "guests", "io.asm");
        string[] kernels = [.. s_kernels.Select(kernel => Path.Combine(shared, DirectoryName, Path.ChangeExtension(kernel, Assembler.Extension)))];
        string key = KeyedDirectory.KeyOf([init, .. kernels, io, Path.Combine(shared, "common.inc"), Path.Combine(shared, "smp.inc")], []);
        return KeyedDirectory.Ensure(Path.Combine(repoRoot, "artifacts", "guests", DirectoryName), key, directory =>
        {
            progress.Report("assembling the neighbours");
            foreach ((string source, string kernel) in kernels.Zip(s_kernels))
                SmallGuests.Assemble(repoRoot, source, Path.Combine(directory, kernel));
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
