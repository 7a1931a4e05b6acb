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

    /// <summary>With <see cref="BootMethod.Usb"/>, a stick that is there already; null has one made of image, files and parameters.</summary>
    public string? Stick { get; init; }

    /// <summary>How many CPUs the machine has.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>How many of these are threads of one core, each time.</summary>
    public int ThreadsPerCore { get; init; } = 1;

    /// <summary>The machine's memory in MiB.</summary>
    public int MemoryMebibytes { get; init; } = 512;

    /// <summary>The program that is the machine.</summary>
    public Emulator Emulator { get; init; } = Emulator.Qemu;

    /// <summary>Whose CPU it has. KVM gives the host's own.</summary>
    public CpuVendor Vendor { get; init; } = CpuVendor.Amd;

    /// <summary>What executes its instructions in QEMU.</summary>
    public Accelerator Accelerator { get; init; } = Accelerator.Tcg;

    /// <summary>
    /// QEMU's <c>-cpu</c>, or the model by Bochs' name for it. Null is EPYC by QEMU's emulation and the host's own by KVM, and in Bochs a trinity_apu or a
    /// corei7_haswell_4770.
    /// </summary>
    public string? CpuModel { get; init; }

    /// <summary>Deterministic: one tick of the TSC is one instruction, and two runs are alike. For one CPU, or several of which none is ever idle, by emulation; in Bochs time is never else.</summary>
    public bool InstructionCount { get; init; }

    /// <summary>
    /// Whether QEMU's emulation runs several CPUs at once, each in a thread of its own, and not in turn. For machines on whose first CPU no VM runs: whenever another CPU loads the FPU's state, QEMU 7.2 may
    /// undo what VMRUN or #VMEXIT has just changed of the first one (docs/caveats.md).
    /// </summary>
    public bool CpusAtOnce { get; init; }

    /// <summary>
    /// In QEMU, the serial port's output goes to a file, which takes every byte at once: what the machine does never depends on how fast its log is read, as it
    /// does with a socket. Counted runs repeat with it alone. Nothing can be typed.
    /// </summary>
    public bool SerialToFile { get; init; }

    /// <summary>
    /// Whether Bochs' VT-x may deliver guests' interrupts by itself. It does so while a guest has them off, when one comes for the hypervisor at that moment (docs/caveats.md): what reads input
    /// hangs sooner or later. For guests that have one interrupt waiting at a time.
    /// </summary>
    public bool VirtualInterrupts { get; init; }

    /// <summary>Whether the machine has a debug exit, and is told so.</summary>
    public bool HasDebugExit { get; init; } = true;

    /// <summary>Added to the emulator's command line, last.</summary>
    public IReadOnlyList<string> EmulatorArguments { get; init; } = [];

    /// <summary>All boot parameters: words <c>key=value</c> between spaces.</summary>
    public string AllParameters => string.Join(' ', (string[])
    [
        .. Parameters.Length != 0 ? [Parameters] : (string[])[],
        .. HasDebugExit ? [DebugExit.Parameters(Emulator)] : (string[])[],
        .. Emulator == Emulator.Qemu && (InstructionCount || CpusTakeTurns) ? ["offer-interrupts=1"] : (string[])[],
        .. Emulator == Emulator.Bochs && Vendor == CpuVendor.Intel && !VirtualInterrupts ? ["virtual-interrupts=0"] : (string[])[],
    ]);

    /// <summary>Whether several CPUs are emulated one after the other, in one thread.</summary>
    internal bool CpusTakeTurns => Accelerator == Accelerator.Tcg && Cpus > 1 && !CpusAtOnce;

    /// <summary>What the machine's EFI system partition holds.</summary>
    internal BootContents Contents => new(Image, AllParameters, Files);

    /// <exception cref="HarnessException">There is no such machine.</exception>
    internal void Check()
    {
        if (Emulator == Emulator.Bochs && Accelerator == Accelerator.Kvm)
            throw new HarnessException("Bochs emulates and nothing else: KVM goes with QEMU");
        if (Emulator == Emulator.Bochs && MemoryMebibytes > BochsConfiguration.MostMemory)
            throw new HarnessException($"Bochs does not start with more than {BochsConfiguration.MostMemory} MiB of memory, and {MemoryMebibytes} are wanted");
        if (Emulator == Emulator.Bochs && Boot == BootMethod.Usb)
            throw new HarnessException("Bochs' firmware boots from no USB stick: QEMU's does");
        if (Emulator == Emulator.Qemu && Vendor == CpuVendor.Intel && Accelerator == Accelerator.Tcg)
            throw new HarnessException("QEMU's emulation has no VT-x, without which an Intel CPU runs no hypervisor: Bochs has it");
    }
}
