using System;
using System.IO;
using System.Linq;

namespace Lamina.Manifests.Tests;

/// <summary>A folder with a manifest, and with a kernel of each kind beside it.</summary>
public sealed class ManifestFolder : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lamina-manifest-test-").FullName;

    public ManifestFolder()
    {
        Add("vmlinuz", SampleKernels.BzImage());
        Add("old", SampleKernels.BzImage(version: 0x20B));
        Add("vmlinuz32", SampleKernels.BzImage(xLoadFlags: 0));
        Add("cut", SampleKernels.BzImage()[..2560]);
        Add("pvh", SampleKernels.Elf());
        Add("elf", SampleKernels.Elf(noteType: 17));
        Add("gnu", SampleKernels.Elf(noteOwner: "GNU"));
        Add("mb", SampleKernels.Multiboot());
        Add("mb-late", SampleKernels.Multiboot(offset: 8192));
        Add("mb-sum", SampleKernels.Multiboot(wrong: 1));
        Add("mb-nowhere", SampleKernels.Multiboot(flags: 0));
        Add("mb2", SampleKernels.Multiboot2());
        Add("initrd.img", new byte[100]);
        Add("disk.img", new byte[1024]);
        Add("text", "no kernel"u8.ToArray());
        Add("empty", []);
        Directory.CreateDirectory(Path.Combine(_directory, "folder"));
    }

    internal void Add(string name, byte[] content)
    {
        string file = Path.Combine(_directory, name);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, content);
    }

    /// <summary>Compiles a manifest of this text.</summary>
    internal ManifestResult Compile(string yaml, ulong? machineMemoryBytes = null)
    {
        string file = Path.Combine(_directory, "m.yaml");
        File.WriteAllText(file, yaml);
        return ManifestCompiler.Compile(file, machineMemoryBytes);
    }

    /// <summary>The errors of a manifest of this text, without the folder.</summary>
    internal string[] Errors(string yaml, ulong? machineMemoryBytes = null) =>
        [.. Compile(yaml, machineMemoryBytes).Errors.Select(error => error.ToString().Replace(_directory + Path.DirectorySeparatorChar, ""))];

    public void Dispose() => Directory.Delete(_directory, recursive: true);
}
