using System.Collections.Generic;
using System.CommandLine;
using System.CommandLine.Parsing;
using System.Linq;

namespace Lamina.Cli.Commands;

/// <summary>The options of <c>run</c>, and which of them go together.</summary>
internal sealed class RunOptions
{
    private const int LeastMemory = 128;
    private const int MostMemory = 1 << 20;
    private const int MostCpus = 255;

    internal Option<string?> Manifest { get; } = new("--manifest") { Description = "The VMs to start; with none, a Debian guest.", HelpName = "FILE" };

    internal Option<string> Boot { get; } = OneOf("--boot", "The way in: UEFI, QEMU's own multiboot loader, or a GRUB ISO on a BIOS machine.", "uefi", "multiboot", "iso");

    internal Option<int> Cpus { get; } = Number("--cpus", "N", "How many CPUs the machine has.", 1, MostCpus, 1);

    internal Option<int?> Memory { get; } = OptionalNumber("--memory", "MIB", "The machine's memory in MiB; by default what the manifest's VMs need, at least 512.", LeastMemory, MostMemory);

    internal Option<string> Accelerator { get; } = OneOf("--accel", "What executes the machine: KVM where it has nested virtualization, else emulation; or one of them.", "auto", "tcg", "kvm");

    internal Option<bool> Headless { get; } = new("--headless") { Description = "Never wait for input." };

    internal Option<string?> Until { get; } = new("--until") { Description = "End with 0 when TEXT has appeared in the log.", HelpName = "TEXT" };

    internal Option<int?> Timeout { get; } = OptionalNumber("--timeout", "SECONDS", "End with 1 when so many seconds have passed since the emulator started.", 1, int.MaxValue / 1000);

    internal Option<bool> InstructionCount { get; } = new("--icount") { Description = "The deterministic machine: a tick is an instruction. For one CPU, by emulation." };

    internal Option<string?> Log { get; } = new("--log") { Description = "Keep all that the machine printed in FILE.", HelpName = "FILE" };

    internal Option<string> Parameters { get; } = new("--parameters") { Description = "More boot parameters: words key=value.", HelpName = "TEXT", DefaultValueFactory = _ => "" };

    internal Option<string?> Image { get; } = new("--image") { Description = "Boot this image instead of building Lamina's.", HelpName = "FILE" };

    internal Option<bool> Verbose { get; } = new("--verbose") { Description = "Say the emulator's command line." };

    internal void AddTo(Command command)
    {
        foreach (Option option in (Option[])[Manifest, Boot, Cpus, Memory, Accelerator, Headless, Until, Timeout, InstructionCount, Log, Parameters, Image, Verbose])
            command.Options.Add(option);
        command.Validators.Add(Check);
    }

    private void Check(CommandResult result)
    {
        if (result.Errors.Any() || result.Children.Any(child => child is OptionResult { Errors: var errors } && errors.Any()))
            return;
        if (result.GetValue(InstructionCount) && result.GetValue(Cpus) > 1)
            result.AddError("--icount is for one CPU: the emulator makes no progress with more; leave out --cpus or --icount");
        if (result.GetValue(InstructionCount) && result.GetValue(Accelerator) == "kvm")
            result.AddError("--icount counts emulated instructions, which KVM has not; leave out --accel kvm or --icount");
        if (result.GetValue(Until) is "")
            result.AddError("--until needs a text that is not empty");
    }

    private static Option<string> OneOf(string name, string description, params string[] values)
    {
        var option = new Option<string>(name) { Description = description, DefaultValueFactory = _ => values[0], HelpName = string.Join('|', values) };
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
