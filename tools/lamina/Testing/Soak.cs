using System;
using System.Linq;

namespace Lamina.Cli.Testing;

/// <summary>What only shows now and then: the stress test for longer than in CI, and the other tests of several CPUs and vCPUs again and again, in QEMU. In Bochs a run is like the one before.</summary>
/// <param name="projects">The solution's test projects, built.</param>
/// <param name="run">Runs the tests of a project that a filter selects, under a name for the person who waits.</param>
internal sealed class Soak(TestProjects projects, Func<string, string, string, TestTotals> run)
{
    /// <summary>How long the stress lasts, in the guest's time.</summary>
    internal const int StressSeconds = 600;

    /// <summary>How often the tests of several CPUs are run.</summary>
    internal const int Rounds = 20;

    /// <summary>Tells tests/System.Tests how long to stress.</summary>
    private const string SecondsVariable = "LAMINA_STRESS_SECONDS";

    private const string Stress = "StressTests";

    /// <summary>The tests that bear this mark, but for those that have had their time, and those that repeat.</summary>
    private const string SmpTests = $"Category=Smp&FullyQualifiedName!~{Stress}&DisplayName!~Bochs";

    /// <summary>Runs all of it, whatever fails.</summary>
    /// <param name="filter">Of these tests, only those that it selects; null for all.</param>
    internal TestTotals Run(string? filter)
    {
        string project = projects.Find().Last();
        Environment.SetEnvironmentVariable(SecondsVariable, $"{StressSeconds}");
        TestTotals totals = run($"stress for {StressSeconds} s", project, And($"FullyQualifiedName~{Stress}", filter));
        Environment.SetEnvironmentVariable(SecondsVariable, null);
        for (int round = 1; round <= Rounds; round++)
            totals = totals.Add(run($"round {round} of {Rounds}", project, And(SmpTests, filter)));
        return totals;
    }

    private static string And(string tests, string? filter) => filter is null ? tests : $"({tests})&({filter})";
}
