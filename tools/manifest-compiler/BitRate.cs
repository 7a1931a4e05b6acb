using System;
using System.Globalization;

namespace Lamina.Manifests;

/// <summary>Rates of wires as they are written: bits per second, or K, M or G of them, which are powers of 1000 as networks count.</summary>
internal static class BitRate
{
    private const string Units = "KMG";
    private const ulong PerUnit = 1000;

    /// <summary>Reads "100M", or "none", which is 0; a rate of 0 is none.</summary>
    internal static bool TryParse(string text, out ulong bitsPerSecond)
    {
        bitsPerSecond = 0;
        if (text == "none")
            return true;
        int unit = text.Length == 0 ? -1 : Units.IndexOf(text[^1], StringComparison.Ordinal);
        if (!ulong.TryParse(unit < 0 ? text : text[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            return false;
        for (; unit >= 0; unit--)
        {
            if (number > ulong.MaxValue / PerUnit)
                return false;
            number *= PerUnit;
        }

        bitsPerSecond = number;
        return number != 0;
    }

    /// <summary>Writes a rate by the largest unit of which it is a whole number: "100M".</summary>
    internal static string Format(ulong bitsPerSecond)
    {
        int unit = 0;
        for (; unit < Units.Length && bitsPerSecond != 0 && bitsPerSecond % PerUnit == 0; unit++)
            bitsPerSecond /= PerUnit;
        return bitsPerSecond.ToString(CultureInfo.InvariantCulture) + (unit == 0 ? "" : Units[unit - 1].ToString());
    }
}
