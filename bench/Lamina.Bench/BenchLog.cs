using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Lamina.Bench;

/// <summary>Reads the figures out of what a benchmark guest printed, alone, or with the prefix before each line that Lamina or the harness gives it.</summary>
public static partial class BenchLog
{
    /// <summary>The figure of the hypervisor's own line about the start of all VMs.</summary>
    public const string AllReady = "all-ready";

    /// <summary>What each line says, by the figure's name: ticks, or thousandths of one (<see cref="Figure.TicksOf"/>).</summary>
    public static IReadOnlyDictionary<string, long> Parse(string log)
    {
        var ticks = new Dictionary<string, long>();
        foreach (Match match in Line().Matches(log))
            ticks[match.Groups["name"] is { Success: true } name ? name.Value : AllReady] = long.Parse(match.Groups["ticks"].Value, CultureInfo.InvariantCulture);
        return ticks;
    }

    [GeneratedRegex(@"^(?:(?:[\w-]+\| |\[firmware\] )?(?:bench )?(?<name>(?<=bench )[\w-]+|init-tsc) (?<ticks>\d+)|\[lamina\] all VMs are ready (?<ticks>\d+) ticks after entry)\r*$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
