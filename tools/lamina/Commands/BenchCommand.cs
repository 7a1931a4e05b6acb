using System;
using System.CommandLine;
using Lamina.Bench;
using Lamina.Cli.Packages;

namespace Lamina.Cli.Commands;

/// <summary><c>bench</c>: what operations and a kernel's start cost, beside the bare emulator and the peers.</summary>
internal static class BenchCommand
{
    internal static Command Create(Terminal terminal)
    {
        var direct = new Option<bool>("--direct") { Description = "The bare emulator only: no image, and no limit is judged." };
        var only = new Option<string[]>("--only") { Description = "These guests and machines alone, by their names in figures.yaml.", AllowMultipleArgumentsPerToken = true };
        var command = new Command("bench", "Counts ticks under --icount and compares them with the peers; fails where a limit is missed.") { direct, only };
        command.SetAction(parsed =>
        {
            Repository repository = Repository.Find();
            new PackageInstaller(terminal.Note).Require([.. DebianPackage.ForBuild, .. DebianPackage.ForQemu, .. DebianPackage.ForBochs, .. DebianPackage.ForGuest]);
            string? image = parsed.GetValue(direct) ? null : BuildCommand.Build(terminal, repository).ImagePath;
            return terminal.Step("the benchmarks", progress => BenchSuite.Run(repository.Root, image, parsed.GetValue(only) ?? [], progress, Console.Out));
        });
        return command;
    }
}
