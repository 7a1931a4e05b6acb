using System;
using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>What a VM of the manifest is started from: the boot files that it names, where the way in has put them.</summary>
internal sealed unsafe class ManifestBootFiles(HostMemory memory, BootInfo info, in VmDescription vm) : BootFiles
{
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

    /// <summary>The file behind a disk.</summary>
    public HostBytes Disk(int index)
    {
        var file = info.File(index + BootFileCheck.FirstFile);
        return new HostBytes(memory.VirtualOf(file.Address), file.Length);
    }

    /// <summary>A boot file's bytes; files are mapped read-only for as long as the machine runs, and are below 2 GiB (<see cref="BootFileCheck"/>).</summary>
    public static ReadOnlySpan<byte> Open(HostMemory memory, BootFile file) => new(memory.VirtualOf(file.Address), (int)file.Length);

    private ReadOnlySpan<byte> Open(int index) => Open(memory, info.File(index + BootFileCheck.FirstFile));
}
