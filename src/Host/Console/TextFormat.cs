using System;

namespace Lamina.Host;

/// <summary>Numbers as text, without allocation.</summary>
public static class TextFormat
{
    /// <summary>Digits of the largest 64-bit number.</summary>
    public const int MaximumDecimalDigits = 20;

    /// <summary>Writes a number in decimal.</summary>
    /// <returns>How many digits were written; 0 when <paramref name="text"/> is too short.</returns>
    public static int Decimal(ulong value, Span<byte> text)
    {
        int count = 1;
        for (ulong rest = value / 10; rest != 0; rest /= 10)
            count++;
        if (count > text.Length)
            return 0;
        for (int i = count - 1; i >= 0; i--)
        {
            text[i] = (byte)('0' + (value % 10));
            value /= 10;
        }

        return count;
    }

    /// <summary>Writes a number in hexadecimal, at least <paramref name="digits"/> (1 to 16) of them.</summary>
    /// <returns>How many digits were written; 0 when <paramref name="text"/> is too short.</returns>
    public static int Hexadecimal(ulong value, int digits, Span<byte> text)
    {
        while (digits < 16 && value >> (4 * digits) != 0)
            digits++;
        if (digits > text.Length)
            return 0;
        for (int i = 0; i < digits; i++)
            text[i] = "0123456789ABCDEF"u8[(int)(value >> (4 * (digits - 1 - i))) & 0xF];
        return digits;
    }
}
