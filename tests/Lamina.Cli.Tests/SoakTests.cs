using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Lamina.Cli.Testing;

namespace Lamina.Cli.Tests;

public sealed class SoakTests
{
    private readonly List<(string Name, string Project, string Filter, string? Seconds)> _runs = [];

    [Fact]
    public void It_stresses_for_longer_and_then_repeats()
    {
        Soak(null);
        _runs.Should().HaveCount(1 + 20);
        _runs.Should().OnlyContain(run => Path.GetFileName(run.Project) == "System.Tests.csproj");
        _runs[0].Should().Match<(string Name, string, string Filter, string? Seconds)>(run => run.Filter == "FullyQualifiedName~StressTests" && run.Seconds == "600");
        _runs.Skip(1).Should().OnlyContain(
            run => run.Filter == "Category=Smp&FullyQualifiedName!~StressTests&DisplayName!~Bochs" && run.Seconds == null, "the stress had its time, and Bochs repeats");
        _runs[^1].Name.Should().Be("round 20 of 20");
    }

    [Fact]
    public void A_filter_leaves_fewer() => Soak("X").Should().Be("0 passed, 21 failed, 0 skipped", "a failure ends nothing");

    private string Soak(string? filter)
    {
        var projects = new TestProjects(Repository.Find(), Path.GetTempPath());
        TestTotals totals = new Soak(projects, (name, project, tests) =>
        {
            _runs.Add((name, project, tests, Environment.GetEnvironmentVariable("LAMINA_STRESS_SECONDS")));
            return filter is null ? TestTotals.None : TestTotals.Broken(tests);
        }).Run(filter);
        if (filter is not null)
            _runs.Should().OnlyContain(run => run.Filter.EndsWith($")&({filter})"));
        return totals.ToString();
    }
}
