using System;
using System.IO;
using System.Linq;
using Lamina.Cli.Testing;

namespace Lamina.Cli.Tests;

public sealed class TestProjectsTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("lamina-results-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void The_solutions_test_projects_are_found_the_longest_last()
    {
        File.WriteAllText(Path.Combine(_directory, "Lamina.slnx"), """
            <Solution>
              <Folder Name="/tests/"><Project Path="tests/System.Tests/System.Tests.csproj" /><Project Path="tests/A.Tests/A.Tests.csproj" /><Project Path="tests/Helper/Helper.csproj" /></Folder>
              <Folder Name="/src/"><Project Path="src/B/B.csproj" /></Folder>
            </Solution>
            """);
        new TestProjects(new Repository(_directory), _directory).Find().Select(path => Path.GetFileNameWithoutExtension(path))
            .Should().Equal("A.Tests", "System.Tests");
    }

    [Fact]
    public void A_project_is_run_and_its_results_are_counted()
    {
        Repository repository = Repository.Find();
        string self = Path.Combine(repository.Root, "tests", "Lamina.Cli.Tests", "Lamina.Cli.Tests.csproj");
        var projects = new TestProjects(repository, Path.Combine(_directory, "not", "there", "yet"));
        projects.Run(self, $"FullyQualifiedName~{nameof(LogLineTests)}").ToString().Should().Be("12 passed, 0 failed, 0 skipped");
        projects.Run(self, "FullyQualifiedName~NoSuchTest").ToString().Should().Be("0 passed, 0 failed, 0 skipped");
        projects.Run(self + ".none", null).Should().Match<TestTotals>(totals => totals.Failed == 1 && totals.Failures.First().Contains("its test run broke"));
    }
}
