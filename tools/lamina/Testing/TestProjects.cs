using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Xml.Linq;

namespace Lamina.Cli.Testing;

/// <summary>Runs the test projects of the solution, one after another.</summary>
/// <param name="repository">The checkout.</param>
/// <param name="results">The directory for the results.</param>
internal sealed class TestProjects(Repository repository, string results)
{
    /// <summary>The project that boots the real image: last, as it takes longest and rests on all that the others test.</summary>
    private const string Last = "System.Tests";

    /// <summary>The solution's test projects, as full paths, in the order to run.</summary>
    internal IReadOnlyList<string> Find() =>
        [.. XDocument.Load(repository.SolutionFile).Descendants("Project").Select(project => project.Attribute("Path")!.Value)
            .Where(path => path.StartsWith("tests/", StringComparison.Ordinal) && path.EndsWith(".Tests.csproj", StringComparison.Ordinal))
            .OrderBy(path => Path.GetFileNameWithoutExtension(path) == Last)
            .Select(path => Path.Combine(repository.Root, path))];

    /// <summary>Builds all of the solution.</summary>
    /// <exception cref="CliException">It does not build; the message has the compiler's.</exception>
    internal void Build()
    {
        (int exitCode, string output) = HostProcess.Run("dotnet", ["build", repository.SolutionFile, "-v", "q", "-nologo", "-clp:NoSummary"], repository.Root);
        if (exitCode != 0)
            throw new CliException(ExitCode.Tool, $"the solution does not build:\n{output.Trim()}");
    }

    /// <summary>Runs one project, which is built.</summary>
    internal TestTotals Run(string project, string? filter)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        string file = Path.Combine(results, name + ".trx");
        Directory.CreateDirectory(results);
        File.Delete(file);
        string[] arguments = ["test", project, "--no-build", "--nologo", "-v", "q", "--logger", $"trx;LogFileName={file}"];
        (int exitCode, string output) = HostProcess.Run("dotnet", [.. arguments, .. filter is null ? [] : (string[])["--filter", filter]], repository.Root);
        TestTotals totals = TestTotals.None;
        if (File.Exists(file))
        {
            using FileStream stream = File.OpenRead(file);
            totals = TestTotals.Read(stream);
        }

        // With a filter, a project may have no test of it, and then no results either.
        return exitCode == 0 || totals.Failed != 0 ? totals : totals.Add(TestTotals.Broken($"{name}: its test run broke:\n{output.Trim()}"));
    }
}
