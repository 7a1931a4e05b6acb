using System;
using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>What a VM of the manifest is started from: the boot files that it names, where the way in has put them.</summary>
internal sealed unsafe class ManifestBootFiles(HostMemory memory, BootInfo info, in VmDescription vm) : BootFiles
{
    /// <summary>Boot file 0 is the manifest itself; its own count begins behind it.</summary>
    private const int FirstFile = 1;

    private readonly VmDescription _vm = vm;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Kernel => Open(_vm.KernelFile);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> CommandLine => _vm.CommandLine;

    /// <inheritdoc/>
    public override int ModuleCount => _vm.ModuleCount;

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> Module(int index) => Open(_vm.GetModule(index).File);

    /// <inheritdoc/>
    public override ReadOnlySpan<byte> ModuleCommandLine(int index) => _vm.GetModule(index).CommandLine;

    /// <summary>A boot file's bytes; files are mapped read-only for as long as the machine runs, and are below 2 GiB (<see cref="Check"/>).</summary>
    public static ReadOnlySpan<byte> Open(HostMemory memory, BootFile file) => new(memory.VirtualOf(file.Address), (int)file.Length);

    /// <summary>Whether the files that came along are those that the manifest names. Null when they are, else what is wrong, in words.</summary>
    public static string? Check(BootManifest manifest, BootInfo info)
    {
        if (info.FileCount != manifest.FileCount + FirstFile)
            return "the manifest names another number of files than came along with it: was the boot medium made whole?";
        for (int i = 0; i < manifest.FileCount; i++)
        {
            ulong length = info.File(i + FirstFile).Length;
            if (length != manifest.GetFile(i).Length) return "a file is not as long as the manifest says: was the boot medium made whole?";
            if (length > int.MaxValue) return "a file is over 2 GiB, more than Lamina loads";
        }
        return null;
    }

    private ReadOnlySpan<byte> Open(int index) => Open(memory, info.File(index + FirstFile));
}
