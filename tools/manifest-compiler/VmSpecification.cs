using System.Collections.Generic;
using Lamina.Core;

namespace Lamina.Manifests;

/// <summary>One VM as the manifest has it, its files by index. The members mean what those of <see cref="VmDescription"/> do.</summary>
public sealed record VmSpecification
{
    /// <summary>The VM's name.</summary>
    public required string Name { get; init; }

    /// <summary>The guest's RAM in bytes.</summary>
    public required ulong MemoryBytes { get; init; }

    /// <summary>How many vCPUs it has.</summary>
    public uint Cpus { get; init; } = 1;

    /// <summary>How its kernel is loaded.</summary>
    public required BootProtocol Protocol { get; init; }

    /// <summary>The index of its kernel among the files.</summary>
    public required int KernelFile { get; init; }

    /// <summary>The kernel's command line.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>Its initrds or modules, in order.</summary>
    public IReadOnlyList<ModuleSpecification> Modules { get; init; } = [];

    /// <summary>What its console is.</summary>
    public ConsoleKind Console { get; init; } = ConsoleKind.Serial;

    /// <summary>What follows its end.</summary>
    public RestartPolicy Restart { get; init; } = RestartPolicy.Never;

    /// <summary>The pause before it starts again after a failure.</summary>
    public uint BackOffMilliseconds { get; init; } = 1000;

    /// <summary>Its share of a CPU against others.</summary>
    public uint Weight { get; init; } = 100;

    /// <summary>The most of a CPU that each of its vCPUs gets; 0 if there is no cap.</summary>
    public uint CapPercent { get; init; }

    /// <summary>The machine's CPUs on which it may run.</summary>
    public CpuSet AllowedCpus { get; init; } = CpuSet.All;

    /// <summary>The indices of the VMs that must be ready before it starts.</summary>
    public IReadOnlyList<int> After { get; init; } = [];

    /// <summary>When it counts as ready.</summary>
    public ReadyKind Ready { get; init; } = ReadyKind.Started;

    /// <summary>Within what time it must be ready; 0 if it is ready when it has started.</summary>
    public uint ReadyWithinMilliseconds { get; init; }

    /// <summary>Its disks, in order.</summary>
    public IReadOnlyList<DiskSpecification> Disks { get; init; } = [];

    /// <summary>Its network interfaces, in order, ports first.</summary>
    public IReadOnlyList<InterfaceSpecification> Interfaces { get; init; } = [];

    /// <summary>Whether it has a virtio-rng.</summary>
    public bool HasRng { get; init; } = true;
}
