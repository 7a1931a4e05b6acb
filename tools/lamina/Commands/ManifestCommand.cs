using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using Lamina.Manifests;
using Lamina.QemuHarness;

namespace Lamina.Cli.Commands;

/// <summary><c>manifest check FILE</c>: says all that is wrong with a manifest.</summary>
internal static class ManifestCommand
{
    internal static Command Create(Terminal terminal)
    {
        var file = new Argument<string>("FILE") { Description = "The manifest (docs/manifest.md says what it may hold)." };
        var check = new Command("check", "Says all that is wrong with a manifest, and what would be right.") { file };
        check.SetAction(parsed =>
        {
            string path = parsed.GetRequiredValue(file);
            CompiledManifest manifest = Compile(terminal, path);
            Terminal.Result($"{path}: no errors; VMs: {manifest.Vms.Count}, files: {manifest.Files.Count}, compiled: {manifest.Binary.Length} bytes");
            return ExitCode.Success;
        });
        return new Command("manifest", "Boot manifests.") { check };
    }

    /// <summary>Compiles a manifest, or prints its errors and ends the command.</summary>
    internal static CompiledManifest Compile(Terminal terminal, string path, ulong? machineMemoryBytes = null)
    {
        ManifestResult result = ManifestCompiler.Compile(path, machineMemoryBytes);
        if (result.Manifest is { } manifest)
            return manifest;
        terminal.Errors(result.Errors.Select(error => error.ToString()));
        throw new CliException(ExitCode.Usage, $"the manifest {path} has {result.Errors.Count} error{(result.Errors.Count == 1 ? "" : "s")}");
    }

    /// <summary>What travels with the image.</summary>
    /// <param name="compiled">Where the compiled form was written.</param>
    /// <param name="manifest">The manifest.</param>
    internal static IReadOnlyList<BootFile> Files(string compiled, CompiledManifest manifest) =>
        [new BootFile("manifest.bin", compiled), .. manifest.Files.Select(file => new BootFile(file.Name, file.Path))];
}
