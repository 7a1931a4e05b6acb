using System.Collections.Generic;
using System.IO;
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

    private const string LinuxCommandLine = "console=ttyS0 panic=-1";

    /// <summary>All of them, from the directories that <see cref="BenchGuests"/> and <see cref="DebianGuest"/> made.</summary>
    public static IReadOnlyList<BenchGuest> All(string benchDirectory, string debianDirectory)
    {
        string initrd = Path.Combine(benchDirectory, BenchGuests.Initrd);
        return
        [
            new("operations", "multiboot", Path.Combine(benchDirectory, BenchGuests.Operations), null, ""),
            new("kernel", "linux", Path.Combine(debianDirectory, DebianGuest.Kernel), initrd, LinuxCommandLine),
            new("kernel-pvh", "pvh", Path.Combine(debianDirectory, DebianGuest.PvhKernel), initrd, LinuxCommandLine),
        ];
    }

    /// <summary>Writes the manifest that starts this guest alone into <paramref name="directory"/> and returns its path.</summary>
    public string WriteManifest(string directory)
    {
        string path = Path.Combine(directory, Name + ".yaml");
        new GuestManifest("bench", Protocol, Kernel, Initrd, CommandLine, MemoryMib).Write(path);
        return path;
    }
}
