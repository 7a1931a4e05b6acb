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

    /// <summary>
    /// The VM, file, module, disk, interface or wire that it is wrong with (the message says which), counted over all VMs from 0; -1 if it is the whole.
    /// </summary>
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
        ManifestFault.DiskCount => "the manifest may have at most 8 disks for each VM",
        ManifestFault.InterfaceCount => "the manifest may have at most 16 network interfaces for each VM, and each must be one VM's",
        ManifestFault.WireCount => "the manifest may have at most 128 wires",
        ManifestFault.Reserved => "a reserved field of this disk, interface or wire, or of the header, is not zero",
        ManifestFault.FileName => "this file's name must be 1 to 63 of a-z, 0-9, '-', '_' and '.', beginning with a letter or digit",
        ManifestFault.DuplicateFile => "this file has the name of one before it",
        ManifestFault.FileLength => "this file is empty",
        ManifestFault.ModuleFile => "this module names a file that the manifest does not have",
        ManifestFault.ModuleCommandLine => "this module's command line must be at most 2047 bytes with no zero byte among them",
        ManifestFault.DiskFile => "this disk's image is a file that the manifest does not have",
        ManifestFault.DiskLength => "this disk's image must be a multiple of 512 bytes long",
        ManifestFault.DiskMode => "this disk's mode must be read-only (0) or copy-on-write (1)",
        ManifestFault.DiskWrites => "this disk must keep 1 MiB to 1 TiB of writes, a multiple of 4 KiB, or none if it is read-only",
        ManifestFault.VmName => "this VM's name must be 1 to 31 of a-z, 0-9 and '-', and not 'lamina'",
        ManifestFault.DuplicateVm => "this VM has the name of one before it",
        ManifestFault.VmMemory => "this VM's memory must be 2 MiB to 1 TiB and a multiple of 4 KiB",
        ManifestFault.VmVcpus => "this VM must have 1 to 32 CPUs",
        ManifestFault.VmProtocol => "this VM's boot protocol must be linux (1), pvh (2) or multiboot (3)",
        ManifestFault.VmKernel => "this VM's kernel is a file that the manifest does not have",
        ManifestFault.VmCommandLine => "this VM's command line must be at most 2047 bytes with no zero byte among them",
        ManifestFault.VmModules => "this VM has more than 64 modules, or modules that the manifest does not have",
        ManifestFault.VmConsole => "this VM's console must be none (0), serial (1) or virtio (2)",
        ManifestFault.VmRestart => "this VM's restart policy must be never (0), on-failure (1) or always (2)",
        ManifestFault.VmBackOff => "this VM's pause before it starts again must be 10 ms to 60 s",
        ManifestFault.VmWeight => "this VM's weight must be 1 to 10000",
        ManifestFault.VmCap => "this VM's cap must be 1 to 100 percent, or none (0)",
        ManifestFault.VmAllowedCpus => "this VM must be allowed one CPU or more",
        ManifestFault.VmReady => "this VM must be ready when it has started (0) or when it says so (1)",
        ManifestFault.VmReadyWithin => "this VM must be ready within 1 s to 1 h if it says so itself, and else must have no such time (0)",
        ManifestFault.VmRng => "this VM must have a virtio-rng (1) or none (0)",
        ManifestFault.VmDisks => "this VM has more than 8 disks, or disks that the manifest does not have",
        ManifestFault.VmInterfaces => "this VM has more than 16 network interfaces, or ones that do not follow those of the VM before it",
        ManifestFault.VmAfter => "this VM is to start after itself, or after a VM that the manifest does not have",
        ManifestFault.VmAfterCycle => "this VM is to start after one that, itself or by others, is to start after it: none of them could ever start",
        ManifestFault.InterfaceKind => "this network interface must be a port (1) or a plug (2), and a VM's ports come before its plugs",
        ManifestFault.InterfaceName => "this network interface's name must be 1 to 31 of a-z, 0-9 and '-' if it is a port, and VM.PORT, as it is plugged in, if it is a plug",
        ManifestFault.DuplicatePort => "this port has the name of one before it in its VM",
        ManifestFault.InterfaceMac => "this network interface's MAC address must be unicast and not zero",
        ManifestFault.DuplicateMac => "this network interface has the MAC address of one before it",
        ManifestFault.InterfaceQueues => "this network interface must have 1 to 8 queue pairs",
        ManifestFault.InterfaceWire => "this network interface names a wire that does not end at it, or is a plug without a wire",
        ManifestFault.WireEnd => "this wire must lead from a port of one VM to a plug of another, both of which name it",
        ManifestFault.WireRate => "this wire's rate must be 64 kbit/s to 1 Tbit/s, or none (0)",
        ManifestFault.WireWhenFull => "this wire must wait (0) or drop (1) when it is full",
        _ => "the manifest is refused",
    };
}
