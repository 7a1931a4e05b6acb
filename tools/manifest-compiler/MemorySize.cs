using System.Globalization;

namespace Lamina.Manifests;

/// <summary>Sizes of memory as they are written: a number of bytes, or of K, M or G, which are powers of 1024.</summary>
public static class MemorySize
{
    private const string Units = "KMG";
    private const int BitsPerUnit = 10;

    /// <summary>Reads "128M". Neither signs nor spaces nor fractions nor small letters are taken.</summary>
    public static bool TryParse(string text, out ulong bytes)
    {
        int unit = text.Length == 0 ? -1 : Units.IndexOf(text[^1], System.StringComparison.Ordinal);
        int shift = (unit + 1) * BitsPerUnit;
        string digits = unit < 0 ? text : text[..^1];
        if (!ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out bytes) || bytes > ulong.MaxValue >> shift)
            return false;
        bytes <<= shift;
        return true;
    }

    /// <summary>Writes a size by the largest unit of which it is a whole number: "128M".</summary>
    public static string Format(ulong bytes)
    {
        int unit = 0;
        while (unit < Units.Length && bytes != 0 && bytes % (1UL << BitsPerUnit) == 0)
        {
            bytes >>= BitsPerUnit;
            unit++;
        }

        return bytes.ToString(CultureInfo.InvariantCulture) + (unit == 0 ? " bytes" : Units[unit - 1].ToString());
    }

    /// <summary>Writes a size in MiB, rounded up: for what need not be exact.</summary>
    public static string FormatMebibytes(ulong bytes) =>
        (((bytes - 1) >> (2 * BitsPerUnit)) + 1).ToString(CultureInfo.InvariantCulture) + "M";
}
