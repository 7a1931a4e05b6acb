using System.Globalization;
using Lamina.Core;

namespace Lamina.Manifests;

/// <summary>CPUs of the machine as they are written: one's number, or those of the first and the last of a range.</summary>
internal static class CpuRange
{
    private const char Dash = '-';

    /// <summary>Reads "3" or "0-2" as bits; neither signs nor spaces are taken, nor a range whose end comes before its beginning.</summary>
    internal static bool TryParse(string text, out ulong bits)
    {
        bits = 0;
        int dash = text.IndexOf(Dash);
        if (!TryParseNumber(dash < 0 ? text : text[..dash], out int first) || !TryParseNumber(text[(dash + 1)..], out int last) || last < first)
            return false;
        bits = ulong.MaxValue >> (CpuSet.NamedCpus - 1 - (last - first)) << first;
        return true;
    }

    private static bool TryParseNumber(string text, out int number) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < CpuSet.NamedCpus;
}
