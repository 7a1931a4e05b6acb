using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>One VM in a compiled manifest.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct VmRecord
{
    /// <summary>The guest's RAM in bytes.</summary>
    public ulong MemoryBytes;

    /// <summary>The VM's name: <see cref="ManifestRules.IsVmName"/>.</summary>
    public ManifestString Name;

    /// <summary>The kernel's command line, without a terminator.</summary>
    public ManifestString CommandLine;

    /// <summary>How many vCPUs it has.</summary>
    public uint VcpuCount;

    /// <summary>The index of the <see cref="FileRecord"/> that is its kernel.</summary>
    public uint KernelFile;

    /// <summary>The index of its first <see cref="ModuleRecord"/>.</summary>
    public uint FirstModule;

    /// <summary>How many <see cref="ModuleRecord"/>s follow each other from there.</summary>
    public uint ModuleCount;

    /// <summary>How the kernel is loaded.</summary>
    public BootProtocol Protocol;

    /// <summary>What its console is.</summary>
    public ConsoleKind Console;

    /// <summary>What follows its end.</summary>
    public RestartPolicy Restart;

    /// <summary>Zero.</summary>
    public byte Reserved0;

    /// <summary>Zero.</summary>
    public uint Reserved1;
}
