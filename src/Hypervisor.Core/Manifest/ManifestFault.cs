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
}
