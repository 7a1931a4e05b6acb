namespace Lamina.Core;

/// <summary>Why a compiled manifest is refused, and where.</summary>
public readonly struct ManifestError
{
    /// <summary>The error <paramref name="fault"/> at <paramref name="index"/>.</summary>
    public ManifestError(ManifestFault fault, int index = -1)
    {
        Fault = fault;
        Index = index;
    }

    /// <summary>What is wrong; <see cref="ManifestFault.None"/> if nothing is.</summary>
    public ManifestFault Fault { get; }

    /// <summary>The VM, file or module (the message says which) that it is wrong with, counted from 0; -1 if it is the whole.</summary>
    public int Index { get; }

    /// <summary>Whether the manifest is refused.</summary>
    public bool IsError => Fault != ManifestFault.None;

    /// <summary>For the screen: what is wrong and what would be right. A literal, so that it can be had when nothing can be allocated.</summary>
    public string Message => Fault switch
    {
        ManifestFault.None => "the manifest is well-formed",
        ManifestFault.Truncated => "the manifest is shorter than it says: was it copied whole?",
        ManifestFault.NotAManifest => "this is no compiled manifest: the first module, or \\lamina\\manifest.bin, must be what 'lamina' compiled",
        ManifestFault.Version => "the manifest is of another version of its format: compile it with the 'lamina' that came with this image",
        ManifestFault.Length => "the manifest's length is not what its counts make it, or is over 256 KiB",
        ManifestFault.Checksum => "the manifest is damaged: its checksum does not fit its content",
        ManifestFault.VmCount => "the manifest must have 1 to 64 VMs",
        ManifestFault.FileCount => "the manifest may have at most 63 files",
        ManifestFault.ModuleCount => "the manifest may have at most 64 modules for each VM",
        ManifestFault.Reserved => "a reserved field of this VM, or of the header, is not zero",
        ManifestFault.FileName => "this file's name must be 1 to 63 of a-z, 0-9, '-', '_' and '.', beginning with a letter or digit",
        ManifestFault.DuplicateFile => "this file has the name of one before it",
        ManifestFault.FileLength => "this file is empty",
        ManifestFault.ModuleFile => "this module names a file that the manifest does not have",
        ManifestFault.ModuleCommandLine => "this module's command line must be at most 2047 bytes with no zero byte among them",
        ManifestFault.VmName => "this VM's name must be 1 to 31 of a-z, 0-9 and '-', and not 'lamina'",
        ManifestFault.DuplicateVm => "this VM has the name of one before it",
        ManifestFault.VmMemory => "this VM's memory must be 2 MiB to 1 TiB and a multiple of 4 KiB",
        ManifestFault.VmVcpus => "this VM must have 1 CPU: more are refused until there is SMP",
        ManifestFault.VmProtocol => "this VM's boot protocol must be linux (1), pvh (2) or multiboot (3)",
        ManifestFault.VmKernel => "this VM's kernel is a file that the manifest does not have",
        ManifestFault.VmCommandLine => "this VM's command line must be at most 2047 bytes with no zero byte among them",
        ManifestFault.VmModules => "this VM has more than 64 modules, or modules that the manifest does not have",
        ManifestFault.VmConsole => "this VM's console must be none (0) or serial (1)",
        ManifestFault.VmRestart => "this VM's restart policy must be never (0), on-failure (1) or always (2)",
        _ => "the manifest is refused",
    };
}
