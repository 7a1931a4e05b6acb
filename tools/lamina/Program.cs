using System;
using System.Collections.Generic;
using System.CommandLine;
using System.Linq;
using System.Threading.Tasks;
using Lamina.Cli.Commands;
using Lamina.GuestBuilder;
using Lamina.ImageBuilder;
using Lamina.QemuHarness;

namespace Lamina.Cli;

/// <summary>The command line. <c>./build.sh VERB</c> is its everyday form.</summary>
internal static class Program
{
    private static async Task<int> Main(string[] arguments)
    {
        var terminal = new Terminal();
        try
        {
            // What is behind "--" is the emulator's, however much it looks like an option of ours.
            int end = Array.IndexOf(arguments, "--");
            IReadOnlyList<string> rest = end < 0 ? [] : arguments[(end + 1)..];
            ParseResult parsed = CreateCommand(terminal, rest).Parse(end < 0 ? arguments : arguments[..end]);
            if (parsed.Errors.Count == 0)
                return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
            foreach (string error in parsed.Errors.Select(error => error.Message).Distinct())
                terminal.Error(error);
            terminal.Note("'--help' says what there is");
            return ExitCode.Usage;
        }
        catch (CliException exception)
        {
            terminal.Error(exception.Message);
            return exception.ExitCode;
        }
        catch (Exception exception) when (exception is HarnessException or GuestBuildException or BuildException)
        {
            terminal.Error(exception.Message);
            return ExitCode.Tool;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Failed;
        }
        catch (Exception exception)
        {
            terminal.Error($"a fault of this program itself: {exception}");
            return ExitCode.Tool;
        }
    }

    internal static RootCommand CreateCommand(Terminal terminal, IReadOnlyList<string> rest)
    {
        var root = new RootCommand("Lamina: a thin Type-1 hypervisor in C#.")
        {
            BuildCommand.Create(terminal),
            RunCommand.Create(terminal, rest),
            TestCommand.Create(terminal),
            ManifestCommand.Create(terminal),
            ImageCommand.Create(terminal),
            AuditCommand.Create(terminal),
            BenchCommand.Create(terminal),
            CleanCommand.Create(terminal),
        };
        foreach (Command command in root.Subcommands.Where(command => command.Name != RunCommand.Name))
        {
            if (rest.Count != 0)
                command.Validators.Add(result => result.AddError($"'--' is followed by the emulator's arguments, and '{command.Name}' starts none"));
        }

        return root;
    }
}
