using System.Collections.Generic;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Lamina.Bench;

/// <summary>Reads the figures out of what a benchmark guest printed, alone or with Lamina's prefix before each line.</summary>
public static partial class BenchLog
{
    /// <summary>Ticks by the figure's name.</summary>
    public static IReadOnlyDictionary<string, long> Parse(string log)
    {
        var ticks = new Dictionary<string, long>();
        foreach (Match match in Line().Matches(log))
            ticks[match.Groups["name"].Value] = long.Parse(match.Groups["ticks"].Value, CultureInfo.InvariantCulture);
        return ticks;
    }

    [GeneratedRegex(@"^(?:[\w-]+\| )?(?:bench )?(?<name>(?<=bench )[\w-]+|init-tsc) (?<ticks>\d+)\r*$", RegexOptions.Multiline)]
    private static partial Regex Line();
}
