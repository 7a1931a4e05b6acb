using System;
using System.Collections.Generic;
using System.CommandLine;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Lamina.Cli.Packages;
using Lamina.Cli.Running;
using Lamina.Core;
using Lamina.Manifests;
using Lamina.QemuHarness;

namespace Lamina.Cli.Commands;

/// <summary><c>run</c>: boots the image in an emulator with the VMs of a manifest.</summary>
internal static class RunCommand
{
    internal const string Name = "run";
    private const int BytesPerMebibyteShift = 20;

    /// <summary>The least memory that the machine is given by default, and what it is given beside its VMs and their files, in MiB.</summary>
    private const int LeastMemory = 512;
    private const int MemoryBesideVms = 192;

    internal static Command Create(Terminal terminal, IReadOnlyList<string> emulatorArguments)
    {
        var options = new RunOptions();
        var command = new Command(Name, "Builds if need be, and boots the image in QEMU or Bochs. What is behind '--' goes to the emulator.");
        options.AddTo(command);
        command.SetAction((parsed, cancellation) => RunAsync(terminal, options, parsed, emulatorArguments, cancellation));
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, RunOptions options, ParseResult parsed, IReadOnlyList<string> emulatorArguments, CancellationToken cancellation)
    {
        Repository repository = Repository.Find();
        MachineChoice choice = options.Choose(parsed);
        int? memory = parsed.GetValue(options.Memory);
        ulong? memoryBytes = memory is null ? null : (ulong)memory << BytesPerMebibyteShift;

        // What the user wrote is checked before anything long begins.
        string? vm = parsed.GetValue(options.Vm);
        CompiledManifest Compile(string path)
        {
            CompiledManifest compiled = ManifestCommand.Compile(terminal, path, memoryBytes);
            CheckVm(vm, compiled);
            return compiled;
        }

        CompiledManifest? manifest = parsed.GetValue(options.Manifest) is { } file ? Compile(file) : null;
        new PackageInstaller(terminal.Note).Require([.. DebianPackage.ForBuild, .. choice.Packages, .. manifest is null ? DebianPackage.ForGuest : []]);
        manifest ??= Compile(StandardVms.Make(terminal, repository, parsed.GetValue(options.Vms), choice.Emulator == Emulator.Bochs));
        string image = parsed.GetValue(options.Image) ?? BuildCommand.Build(terminal, repository).ImagePath;
        terminal.Note(choice.Reason);

        string directory = Directory.CreateTempSubdirectory("lamina-manifest-").FullName;
        try
        {
            string compiled = Path.Combine(directory, "manifest.bin");
            await File.WriteAllBytesAsync(compiled, manifest.Binary, cancellation);
            var machine = new MachineOptions
            {
                Image = image,
                Emulator = choice.Emulator,
                Vendor = choice.Vendor,
                Accelerator = choice.Accelerator,
                Boot = choice.Boot,
                Files = ManifestCommand.Files(compiled, manifest),
                Parameters = vm is null ? parsed.GetRequiredValue(options.Parameters) : $"{parsed.GetRequiredValue(options.Parameters)} console={vm},bare".Trim(),
                Cpus = parsed.GetValue(options.Cpus),
                MemoryMebibytes = memory ?? DefaultMemory(manifest),
                InstructionCount = parsed.GetValue(options.InstructionCount),
                EmulatorArguments = emulatorArguments,
            };
            return await new RunSession(terminal)
            {
                Until = parsed.GetValue(options.Until),
                Timeout = parsed.GetValue(options.Timeout) is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan,
                IsHeadless = parsed.GetValue(options.Headless),
                LogFile = parsed.GetValue(options.Log),
                Vms = [.. manifest.Vms.Select(each => each.Name)],
                IsBare = vm is not null,
                IsVerbose = parsed.GetValue(options.Verbose),
            }.RunAsync(machine, cancellation);
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }

    private static void CheckVm(string? name, CompiledManifest manifest)
    {
        string[] names = [.. manifest.Vms.Where(vm => vm.Console != ConsoleKind.None).Select(vm => vm.Name)];
        if (name is null || names.Contains(name))
            return;
        string others = names.Length == 0 ? "no VM of the manifest has one" : $"these have one: {string.Join(", ", names)}";
        throw new CliException(ExitCode.Usage, $"--vm {name}: the manifest has no VM of that name with a console; {others}");
    }

    /// <summary>The manifest of what is run when none is named.</summary>
    private static int DefaultMemory(CompiledManifest manifest)
    {
        ulong bytes = manifest.Files.Aggregate(0UL, (sum, file) => sum + (ulong)file.Length) + manifest.Vms.Aggregate(0UL, (sum, vm) => sum + vm.MemoryBytes);
        return Math.Max(LeastMemory, (int)(bytes >> BytesPerMebibyteShift) + MemoryBesideVms);
    }
}
