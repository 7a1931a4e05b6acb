using System;
using System.Globalization;
using System.Linq;

namespace Lamina.Manifests;

/// <summary>Lengths of time as they are written: a whole number and its unit.</summary>
internal static class Duration
{
    private static readonly (string Unit, ulong Milliseconds)[] Units = [("ms", 1), ("s", 1000), ("m", 60 * 1000), ("h", 60 * 60 * 1000)];

    /// <summary>Reads "90s". Neither signs nor spaces nor fractions are taken, nor a number without a unit.</summary>
    internal static bool TryParse(string text, out ulong milliseconds)
    {
        milliseconds = 0;
        string unit = text.TrimStart([.. "0123456789"]);
        (string Unit, ulong Milliseconds) known = Units.FirstOrDefault(each => each.Unit == unit);
        if (known.Unit is null
            || !ulong.TryParse(text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            || number > ulong.MaxValue / known.Milliseconds)
            return false;
        milliseconds = number * known.Milliseconds;
        return true;
    }

    /// <summary>Writes a time by the largest unit of which it is a whole number: "90s".</summary>
    internal static string Format(ulong milliseconds)
    {
        (string unit, ulong length) = Units.Last(each => milliseconds % each.Milliseconds == 0);
        return $"{milliseconds / length}{unit}";
    }
}
