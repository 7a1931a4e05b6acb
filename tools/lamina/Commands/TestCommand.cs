using System;
using System.CommandLine;
using System.Diagnostics;
using System.IO;
using Lamina.Cli.Packages;
using Lamina.Cli.Testing;

namespace Lamina.Cli.Commands;

/// <summary><c>test</c>: all that CI runs.</summary>
internal static class TestCommand
{
    /// <summary>Set to 1, it tells tests/System.Tests to leave nothing out.</summary>
    private const string AllVariable = "LAMINA_TEST_ALL";

    internal static Command Create(Terminal terminal)
    {
        var filter = new Option<string?>("--filter") { Description = "Only the tests that F selects, as 'dotnet test --filter' has it.", HelpName = "F" };
        var all = new Option<bool>("--all") { Description = "Also the tests that take long, for which an emulator is slow; README's table is written anew." };
        var soak = new Option<bool>("--soak") { Description = $"Instead of all: the stress test for {Soak.StressSeconds} s, and {Soak.Rounds} times the other tests of several CPUs. Takes some three hours." };
        var command = new Command("test", "Builds all and runs the tests; the last line is their totals.") { filter, all, soak };
        command.SetAction(parsed => Run(terminal, Repository.Find(), parsed.GetValue(filter), parsed.GetValue(all), parsed.GetValue(soak)));
        return command;
    }

    private static int Run(Terminal terminal, Repository repository, string? filter, bool isAll, bool isSoak)
    {
        Environment.SetEnvironmentVariable(AllVariable, isAll ? "1" : null);
        new PackageInstaller(terminal.Note).Require(
            [.. DebianPackage.ForBuild, .. DebianPackage.ForQemu, .. DebianPackage.ForBochs, .. DebianPackage.ForUefi, .. DebianPackage.ForStick, .. DebianPackage.ForIso, .. DebianPackage.ForGuest]);
        var projects = new TestProjects(repository, Path.Combine(repository.Artifacts, "test-results"));
        terminal.Step("building the solution", _ =>
        {
            projects.Build();
            return true;
        });
        BuildCommand.Build(terminal, repository);

        if (isSoak)
        {
            TestTotals soaked = new Soak(projects, (name, project, tests) => RunProject(terminal, projects, name, project, tests)).Run(filter);
            Terminal.Result(soaked.ToString());
            return soaked.Failed == 0 ? ExitCode.Success : ExitCode.Failed;
        }

        var all = TestTotals.None;
        foreach (string project in projects.Find())
            all = all.Add(RunProject(terminal, projects, Path.GetFileNameWithoutExtension(project), project, filter));

        var table = new PlatformTable(all.Results);
        if (!table.IsEmpty)
            Terminal.Result(table);
        if (isAll && filter is null)
            Keep(repository, table);
        Terminal.Result(all.ToString());
        return all.Failed == 0 ? ExitCode.Success : ExitCode.Failed;
    }

    private static TestTotals RunProject(Terminal terminal, TestProjects projects, string name, string project, string? filter)
    {
        var watch = Stopwatch.StartNew();
        TestTotals totals = terminal.Step($"{name} …", _ => projects.Run(project, filter));
        Terminal.Result($"{name}: {totals} ({watch.Elapsed.TotalSeconds:0.0} s)");
        foreach (string failure in totals.Failures)
            Terminal.Result($"FAILED {failure}\n");
        return totals;
    }

    private static void Keep(Repository repository, PlatformTable table)
    {
        if (table.Insert(File.ReadAllText(repository.Readme)) is { } readme)
            File.WriteAllText(repository.Readme, readme);
    }
}
