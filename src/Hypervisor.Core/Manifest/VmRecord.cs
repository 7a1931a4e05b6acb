using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>One VM in a compiled manifest.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
public struct VmRecord
{
    /// <summary>The guest's RAM in bytes.</summary>
    public ulong MemoryBytes;

    /// <summary>The VMs that must be ready before it starts: bit n is VM n.</summary>
    public ulong After;

    /// <summary>The CPUs on which it may run, at least one: <see cref="CpuSet.Bits"/>.</summary>
    public ulong AllowedCpus;

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

    /// <summary>The index of its first <see cref="DiskRecord"/>.</summary>
    public uint FirstDisk;

    /// <summary>How many <see cref="DiskRecord"/>s follow each other from there.</summary>
    public uint DiskCount;

    /// <summary>The index of its first <see cref="InterfaceRecord"/>: those of the VMs follow each other in the VMs' order.</summary>
    public uint FirstInterface;

    /// <summary>How many <see cref="InterfaceRecord"/>s follow each other from there, ports first.</summary>
    public uint InterfaceCount;

    /// <summary>How long it may take until it is ready, in milliseconds; 0 if <see cref="Ready"/> is <see cref="ReadyKind.Started"/>.</summary>
    public uint ReadyWithinMilliseconds;

    /// <summary>The pause before it starts again after a failure, in milliseconds.</summary>
    public uint BackOffMilliseconds;

    /// <summary>Its share of the CPU against others that want it.</summary>
    public ushort Weight;

    /// <summary>The most of a CPU that each of its vCPUs gets, in percent; 0 if there is no cap.</summary>
    public byte CapPercent;

    /// <summary>How the kernel is loaded.</summary>
    public BootProtocol Protocol;

    /// <summary>What its console is.</summary>
    public ConsoleKind Console;

    /// <summary>What follows its end.</summary>
    public RestartPolicy Restart;

    /// <summary>When it counts as ready.</summary>
    public ReadyKind Ready;

    /// <summary>1 if it has a virtio-rng, else 0.</summary>
    public byte Rng;
}
