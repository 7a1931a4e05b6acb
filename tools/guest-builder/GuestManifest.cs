using System.IO;

namespace Lamina.GuestBuilder;

/// <summary>The boot manifest of one VM, for guests that are made.</summary>
/// <param name="Name">The VM's name.</param>
/// <param name="Protocol">Its boot protocol: <c>linux</c>, <c>pvh</c> or <c>multiboot</c>.</param>
/// <param name="Kernel">The kernel's file.</param>
/// <param name="Initrd">The initrd's file, if it has one.</param>
/// <param name="CommandLine">The kernel's command line.</param>
/// <param name="MemoryMib">The VM's RAM in MiB.</param>
/// <param name="Cpus">How many CPUs the VM has.</param>
public sealed record GuestManifest(string Name, string Protocol, string Kernel, string? Initrd, string CommandLine, int MemoryMib, int Cpus = 1)
{
    /// <summary>Writes it to <paramref name="path"/>, with the files' paths relative to it.</summary>
    public void Write(string path)
    {
        string directory = Path.GetDirectoryName(Path.GetFullPath(path))!;
        using var manifest = new StreamWriter(path);
        manifest.Write($"""
            version: 1
            vms:
              - name: {Name}
                memory: {MemoryMib}M
                cpus: {Cpus}
                boot:
                  protocol: {Protocol}
                  kernel: {Path.GetRelativePath(directory, Kernel)}

            """);
        if (Initrd != null)
            manifest.Write($"      initrd: {Path.GetRelativePath(directory, Initrd)}\n");
        if (CommandLine.Length != 0)
            manifest.Write($"      command-line: {CommandLine}\n");
        manifest.Write("    console: serial\n");
    }
}
