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
}
