using System.Collections.Generic;
using System.IO;
using System.Linq;
using Lamina.GuestBuilder;

namespace Lamina.Bench;

/// <summary>A guest that measures: the same files run on the emulator directly and under Lamina.</summary>
/// <param name="Name">As in <c>figures.yaml</c>.</param>
/// <param name="Protocol">Its boot protocol, as in a manifest.</param>
/// <param name="Kernel">The kernel's file.</param>
/// <param name="Initrd">The initrd's file, if it has one.</param>
/// <param name="CommandLine">The kernel's command line.</param>
public sealed record BenchGuest(string Name, string Protocol, string Kernel, string? Initrd, string CommandLine)
{
    /// <summary>The guest's RAM in MiB.</summary>
    public const int MemoryMib = 128;

    /// <summary>What the log says when all has been measured.</summary>
    public const string LastLine = $"[lamina] {Vm}: powered off by its guest";

    private const string LinuxCommandLine = "console=ttyS0 panic=-1";
    private const string Vm = "bench";

    /// <summary>How many CPUs the guest has.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>The machine on which it measures.</summary>
    public BenchBed Bed { get; init; } = BenchBed.Counted;

    /// <summary>The kernels of the VMs that run beside it, all on the same machine.</summary>
    public IReadOnlyList<string> Neighbours { get; init; } = [];

    /// <summary>Whether there is a machine that runs it without Lamina: one with as many CPUs, and nobody beside it.</summary>
    public bool RunsDirectly => Cpus <= Bed.Cpus && Neighbours.Count == 0;

    /// <summary>All of them, from the directories that <see cref="BenchGuests"/> and <see cref="DebianGuest"/> made.</summary>
    public static IReadOnlyList<BenchGuest> All(string benchDirectory, string debianDirectory)
    {
        string initrd = Made(BenchGuests.Initrd), spin = Made(BenchGuests.Spin);
        return
        [
            Small("operations", BenchGuests.Operations),
            new("kernel", "linux", Path.Combine(debianDirectory, DebianGuest.Kernel), initrd, LinuxCommandLine),
            new("kernel-pvh", "pvh", Path.Combine(debianDirectory, DebianGuest.PvhKernel), initrd, LinuxCommandLine),
            Small("wake", BenchGuests.WakeUps),
            Small("wake-busy", BenchGuests.WakeUps) with { Neighbours = [spin, spin] },
            Small("wake-intel", BenchGuests.WakeUps) with { Bed = BenchBed.Intel },
            Small("exits-1", BenchGuests.Exits),
            Small("exits-2", BenchGuests.Exits, cpus: 2),
            Small("exits-4", BenchGuests.Exits, cpus: 4),
            Small("exits-amd", BenchGuests.Exits, cpus: 2) with { Bed = BenchBed.Amd },
            Small("exits-intel", BenchGuests.Exits, cpus: 2) with { Bed = BenchBed.Intel },
            Small("ipi", BenchGuests.Interrupts, cpus: 2),
            Small("ipi-amd", BenchGuests.Interrupts, cpus: 2) with { Bed = BenchBed.Amd },
            Small("ipi-intel", BenchGuests.Interrupts, cpus: 2) with { Bed = BenchBed.Intel },
        ];

        string Made(string file) => Path.Combine(benchDirectory, file);

        BenchGuest Small(string name, string kernel, int cpus = 1) => new(name, "multiboot", Made(kernel), null, $"cpus={cpus}") { Cpus = cpus };
    }

    /// <summary>Writes the manifest that starts this guest, and its neighbours before it, into <paramref name="directory"/> and returns its path.</summary>
    public string WriteManifest(string directory)
    {
        string path = Path.Combine(directory, Name + ".yaml");
        new GuestManifest(Vm, Protocol, Kernel, Initrd, CommandLine, MemoryMib, Cpus).Write(path);
        if (Neighbours.Count == 0)
            return path;
        string[] names = [.. Neighbours.Select((_, i) => $"neighbour-{i}")];
        using StreamWriter manifest = File.AppendText(path);
        manifest.Write($"    after: [{string.Join(", ", names)}]\n");
        foreach ((string name, string kernel) in names.Zip(Neighbours))
            manifest.Write($"  - {{ name: {name}, memory: {NeighbourMemoryMib}M, boot: {{ protocol: multiboot, kernel: {Path.GetRelativePath(directory, kernel)} }} }}\n");
        return path;
    }

    private const int NeighbourMemoryMib = 16;
}
