using System.Collections.Generic;

namespace Lamina.QemuHarness;

/// <summary>The machine to start and what it boots.</summary>
public sealed record MachineOptions
{
    /// <summary>The image: <c>artifacts/lamina.efi</c>.</summary>
    public required string Image { get; init; }

    /// <summary>The way in.</summary>
    public BootMethod Boot { get; init; } = BootMethod.Uefi;

    /// <summary>What comes with the image, in order: the compiled manifest as <c>manifest.bin</c>, then the files that it names.</summary>
    public IReadOnlyList<BootFile> Files { get; init; } = [];

    /// <summary>Boot parameters, beside those that the options here bring along themselves.</summary>
    public string Parameters { get; init; } = "";

    /// <summary>How many CPUs the machine has.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>The machine's memory in MiB.</summary>
    public int MemoryMebibytes { get; init; } = 512;

    /// <summary>What executes its instructions.</summary>
    public Accelerator Accelerator { get; init; } = Accelerator.Tcg;

    /// <summary>QEMU's <c>-cpu</c>; null is EPYC by emulation and the host's own by KVM.</summary>
    public string? CpuModel { get; init; }

    /// <summary>Deterministic: one tick of the TSC is one instruction, and two runs are alike. For one CPU, by emulation.</summary>
    public bool InstructionCount { get; init; }

    /// <summary>Whether the machine has isa-debug-exit, and is told so.</summary>
    public bool HasDebugExit { get; init; } = true;

    /// <summary>Added to the emulator's command line, last.</summary>
    public IReadOnlyList<string> EmulatorArguments { get; init; } = [];

    /// <summary>All boot parameters: words <c>key=value</c> between spaces.</summary>
    public string AllParameters => string.Join(' ', (string[])
    [
        .. Parameters.Length != 0 ? [Parameters] : (string[])[],
        .. HasDebugExit ? [DebugExit.Parameter] : (string[])[],
        .. InstructionCount ? ["icount=1"] : (string[])[],
    ]);
}
