using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;
using Lamina.Cli.Running;
using Lamina.Manifests;
using Lamina.QemuHarness;

namespace Lamina.Cli.Commands;

/// <summary>The options of <c>run</c>, and which of them go together.</summary>
internal sealed class RunOptions
{
    private const int LeastMemory = 128;
    private const int MostMemory = 1 << 20;
    private const int MostCpus = 255;

    internal Option<string?> Manifest { get; } = new("--manifest") { Description = "The VMs to start; with none, those of --vms.", HelpName = "FILE" };

    internal Option<string?> Vms { get; } = StandardVms.CreateOption();

    internal Option<string?> Cpu { get; } = OneOf("--cpu", "Whose CPU the machine has; by default AMD's, or with KVM the host's.", "amd", "intel");

    internal Option<string?> Emulator { get; } = OneOf("--emulator", "What the machine is: QEMU, or Bochs, which is slow and knows VT-x too; by default QEMU, for --cpu intel Bochs.", "qemu", "bochs");

    internal Option<string?> Boot { get; } = OneOf(
        "--boot",
        "The way in: UEFI, from a disk or a USB stick, multiboot1, or multiboot2 from a GRUB ISO on a BIOS machine; by default UEFI, in Bochs, where that takes long, the ISO.",
        "uefi", "usb", "multiboot", "iso");

    internal Option<int> Cpus { get; } = Number("--cpus", "N", "How many CPUs the machine has.", 1, MostCpus, 1);

    internal Option<int?> Memory { get; } = OptionalNumber("--memory", "MIB", "The machine's memory in MiB; by default what the manifest's VMs need, at least 512.", LeastMemory, MostMemory);

    internal Option<string?> Accelerator { get; } = OneOf(
        "--accel", "What executes QEMU's machine: KVM where it has nested virtualization and the CPU asked for, else emulation (auto); or one of them.", "auto", "tcg", "kvm");

    internal Option<string?> Vm { get; } = new("--vm") { Description = "Show this VM alone, bare and interactive; by default all line by line. Ctrl-] h says how to change that.", HelpName = "NAME" };

    internal Option<bool> Headless { get; } = new("--headless") { Description = "Never wait for input." };

    internal Option<string?> Until { get; } = new("--until") { Description = "End with 0 when TEXT has appeared in the log.", HelpName = "TEXT" };

    internal Option<int?> Timeout { get; } = OptionalNumber("--timeout", "SECONDS", "End with 1 when so many seconds have passed since the emulator started.", 1, int.MaxValue / 1000);

    internal Option<bool> InstructionCount { get; } = new("--icount") { Description = "The deterministic machine: a tick is an instruction. For one CPU, by emulation; Bochs is never else." };

    internal Option<string?> Log { get; } = new("--log") { Description = "Keep all that the machine printed in FILE.", HelpName = "FILE" };

    internal Option<string> Parameters { get; } = new("--parameters") { Description = "More boot parameters: words key=value.", HelpName = "TEXT", DefaultValueFactory = _ => "" };

    internal Option<string?> Image { get; } = new("--image") { Description = "Boot this image instead of building Lamina's.", HelpName = "FILE" };

    internal Option<bool> Verbose { get; } = new("--verbose") { Description = "Say the emulator's command line." };

    internal void AddTo(Command command)
    {
        // For the shell's completion: the names that the manifest has.
        Vm.CompletionSources.Add(context => context.ParseResult.GetValue(Manifest) is { } file && ManifestCompiler.Compile(file).Manifest is { } manifest
            ? manifest.Vms.Select(vm => vm.Name)
            : []);
        foreach (Option option in (Option[])[Manifest, Vms, Cpu, Emulator, Boot, Cpus, Memory, Accelerator, Vm, Headless, Until, Timeout, InstructionCount, Log, Parameters, Image, Verbose])
            command.Options.Add(option);
        command.Validators.Add(Check);
    }

    /// <summary>The machine that the options ask for.</summary>
    internal MachineChoice Choose(ParseResult parsed) => MachineChoice.Make(
        parsed.GetValue(Cpu), parsed.GetValue(Emulator), parsed.GetValue(Accelerator), parsed.GetValue(Boot), parsed.GetValue(InstructionCount), AcceleratorChoice.Automatic);

    private void Check(CommandResult result)
    {
        if (result.Errors.Any() || result.Children.Any(child => child is OptionResult { Errors: var errors } && errors.Any()))
            return;
        if (result.GetValue(InstructionCount) && result.GetValue(Cpus) > 1)
            result.AddError("--icount is for one CPU: the emulator makes no progress with more; leave out --cpus or --icount");
        if (result.GetValue(InstructionCount) && result.GetValue(Accelerator) == "kvm")
            result.AddError("--icount counts emulated instructions, which KVM has not; leave out --accel kvm or --icount");
        if (result.GetValue(Emulator) == "bochs" && result.GetValue(Accelerator) is "tcg" or "kvm")
            result.AddError("--accel is for QEMU: Bochs has one way to execute; leave out --accel or --emulator bochs");
        if (result.GetValue(Cpu) == "intel" && result.GetValue(Accelerator) != "kvm" && (result.GetValue(Emulator) == "qemu" || result.GetValue(Accelerator) == "tcg"))
            result.AddError("--cpu intel is not for QEMU's emulation, which has no VT-x; leave out --emulator and --accel, and Bochs is taken, or on an Intel host ask for --accel kvm");
        if (result.GetValue(Boot) == "usb" && (result.GetValue(Emulator) == "bochs" || (result.GetValue(Cpu) == "intel" && result.GetValue(Accelerator) != "kvm")))
            result.AddError("--boot usb is for QEMU: Bochs' firmware boots from no USB stick; leave out --boot, or --emulator bochs and --cpu intel");
        if (result.GetValue(Manifest) is not null && result.GetValue(Vms) is not null)
            result.AddError("--vms is for a run without a manifest; leave out --vms or --manifest");
        if (result.GetValue(Until) is "")
            result.AddError("--until needs a text that is not empty");
    }

    private static Option<string?> OneOf(string name, string description, params string[] values)
    {
        var option = new Option<string?>(name) { Description = description, HelpName = string.Join('|', values) };
        option.AcceptOnlyFromAmong(values);
        return option;
    }

    private static Option<int> Number(string name, string unit, string description, int least, int most, int standard)
    {
        var option = new Option<int>(name)
        {
            Description = description,
            HelpName = unit,
            DefaultValueFactory = _ => standard,
            CustomParser = result => Parse(result, name, least, most) ?? standard,
        };
        return option;
    }

    private static Option<int?> OptionalNumber(string name, string unit, string description, int least, int most) =>
        new(name) { Description = description, HelpName = unit, CustomParser = result => Parse(result, name, least, most) };

    private static int? Parse(ArgumentResult result, string name, int least, int most)
    {
        IEnumerable<string> words = result.Tokens.Select(token => token.Value);
        if (int.TryParse(words.SingleOrDefault(), out int number) && number >= least && number <= most)
            return number;
        result.AddError($"{name} {string.Join(' ', words)}: a whole number from {least} to {most} is needed");
        return null;
    }
}
