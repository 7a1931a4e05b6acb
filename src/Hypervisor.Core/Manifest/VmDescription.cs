using System;

namespace Lamina.Core;

/// <summary>One VM of a checked <see cref="BootManifest"/>.</summary>
public readonly struct VmDescription
{
    private readonly BootManifest _manifest;
    private readonly VmRecord _record;

    internal VmDescription(BootManifest manifest, in VmRecord record)
    {
        _manifest = manifest;
        _record = record;
    }

    /// <summary>The VM's name in ASCII: <see cref="ManifestRules.IsVmName"/> holds for it, and no other VM has it.</summary>
    public ReadOnlySpan<byte> Name => _manifest.GetString(_record.Name);

    /// <summary>The guest's RAM in bytes, a multiple of a page.</summary>
    public ulong MemoryBytes => _record.MemoryBytes;

    /// <summary>How many vCPUs it has, at least one.</summary>
    public int VcpuCount => (int)_record.VcpuCount;

    /// <summary>How its kernel is loaded and entered.</summary>
    public BootProtocol Protocol => _record.Protocol;

    /// <summary>The index of its kernel among the manifest's files.</summary>
    public int KernelFile => (int)_record.KernelFile;

    /// <summary>The kernel's command line: UTF-8, with no zero byte in it or behind it.</summary>
    public ReadOnlySpan<byte> CommandLine => _manifest.GetString(_record.CommandLine);

    /// <summary>How many modules (initrds) it has.</summary>
    public int ModuleCount => (int)_record.ModuleCount;

    /// <summary>What its console is.</summary>
    public ConsoleKind Console => _record.Console;

    /// <summary>What follows its end.</summary>
    public RestartPolicy Restart => _record.Restart;

    /// <summary>Module <paramref name="index"/> (0 to <see cref="ModuleCount"/> - 1), in the manifest's order.</summary>
    public ModuleDescription GetModule(int index) => _manifest.GetModule(_record.FirstModule + (uint)index);
}
