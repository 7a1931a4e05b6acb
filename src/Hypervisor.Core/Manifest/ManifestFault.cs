namespace Lamina.Core;

/// <summary>What is wrong with a compiled manifest.</summary>
public enum ManifestFault : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>There are fewer bytes than the header has, or than it says.</summary>
    Truncated,

    /// <summary>It does not begin with the magic.</summary>
    NotAManifest,

    /// <summary>It is of another version of the format.</summary>
    Version,

    /// <summary>It is longer than a manifest may be, or not as long as its counts make it.</summary>
    Length,

    /// <summary>The checksum does not fit.</summary>
    Checksum,

    /// <summary>No VM, or too many.</summary>
    VmCount,

    /// <summary>Too many files.</summary>
    FileCount,

    /// <summary>Too many modules.</summary>
    ModuleCount,

    /// <summary>Too many disks.</summary>
    DiskCount,

    /// <summary>Too many network interfaces, or more than the VMs have.</summary>
    InterfaceCount,

    /// <summary>Too many wires.</summary>
    WireCount,

    /// <summary>A reserved field is not zero.</summary>
    Reserved,

    /// <summary>A file's name is none, or lies outside of the strings.</summary>
    FileName,

    /// <summary>A file has the name of one before it.</summary>
    DuplicateFile,

    /// <summary>A file is empty.</summary>
    FileLength,

    /// <summary>A module names a file that there is not.</summary>
    ModuleFile,

    /// <summary>A module's command line is none, or lies outside of the strings.</summary>
    ModuleCommandLine,

    /// <summary>A disk's image is a file that there is not.</summary>
    DiskFile,

    /// <summary>A disk's image is not a whole number of sectors.</summary>
    DiskLength,

    /// <summary>A disk's mode is not known.</summary>
    DiskMode,

    /// <summary>A disk keeps too few or too many bytes of changed blocks, or is read-only and keeps any.</summary>
    DiskWrites,

    /// <summary>A VM's name is none, or lies outside of the strings.</summary>
    VmName,

    /// <summary>A VM has the name of one before it.</summary>
    DuplicateVm,

    /// <summary>A VM's memory is too little, too much, or no multiple of a page.</summary>
    VmMemory,

    /// <summary>A VM has no vCPU, or too many.</summary>
    VmVcpus,

    /// <summary>A VM's boot protocol is not known.</summary>
    VmProtocol,

    /// <summary>A VM's kernel is a file that there is not.</summary>
    VmKernel,

    /// <summary>A VM's command line is none, or lies outside of the strings.</summary>
    VmCommandLine,

    /// <summary>A VM has too many modules, or modules that there are not.</summary>
    VmModules,

    /// <summary>A VM's console is not known.</summary>
    VmConsole,

    /// <summary>A VM's restart policy is not known.</summary>
    VmRestart,

    /// <summary>A VM's pause before it starts again is too short or too long.</summary>
    VmBackOff,

    /// <summary>A VM's weight is too small or too great.</summary>
    VmWeight,

    /// <summary>A VM's cap is too high.</summary>
    VmCap,

    /// <summary>A VM is allowed no CPU.</summary>
    VmAllowedCpus,

    /// <summary>A VM's kind of readiness is not known.</summary>
    VmReady,

    /// <summary>A VM's time to be ready is too short or too long, or there where it has none.</summary>
    VmReadyWithin,

    /// <summary>Whether a VM has a virtio-rng is neither yes nor no.</summary>
    VmRng,

    /// <summary>A VM has too many disks, or disks that there are not.</summary>
    VmDisks,

    /// <summary>A VM has too many interfaces, or ones that do not follow those of the VM before it.</summary>
    VmInterfaces,

    /// <summary>A VM is to start after itself, or after one that there is not.</summary>
    VmAfter,

    /// <summary>A VM is to start after one that is to start after it.</summary>
    VmAfterCycle,

    /// <summary>An interface is neither port nor plug, or a port behind a plug.</summary>
    InterfaceKind,

    /// <summary>A port's name is none, or a plug's is not that of its port, or it lies outside of the strings.</summary>
    InterfaceName,

    /// <summary>A port has the name of one before it in its VM.</summary>
    DuplicatePort,

    /// <summary>An interface's MAC address is none.</summary>
    InterfaceMac,

    /// <summary>An interface has the MAC address of one before it.</summary>
    DuplicateMac,

    /// <summary>An interface has no queue pair, or too many.</summary>
    InterfaceQueues,

    /// <summary>An interface names a wire that there is not or that does not end at it, or is a plug without one.</summary>
    InterfaceWire,

    /// <summary>A wire ends at an interface that there is not, that does not name it, or that is of the wrong kind; or both ends are of one VM.</summary>
    WireEnd,

    /// <summary>A wire's rate is too small or too great.</summary>
    WireRate,

    /// <summary>What a wire does with what it has no room for is not known.</summary>
    WireWhenFull,
}
