using Internal.Runtime;

namespace System;

/// <summary>Integers as text.</summary>
internal static class Number
{
    private const int MaxDecimalDigits = 20;

    internal static string ToSignedDecimal(long value) => value < 0 ? Decimal(unchecked((ulong)-value), negative: true, 0) : ToDecimal((ulong)value);

    internal static string ToDecimal(ulong value) => Decimal(value, negative: false, 0);

    /// <summary>A signed number; hexadecimal shows its bits, as wide as its type.</summary>
    internal static string Format(long value, ulong bits, string? format) =>
        IsHexadecimal(format) ? Hexadecimal(bits, format!) : value < 0
            ? Decimal(unchecked((ulong)-value), negative: true, Digits(format))
            : Decimal((ulong)value, negative: false, Digits(format));

    internal static string Format(ulong value, string? format) =>
        IsHexadecimal(format) ? Hexadecimal(value, format!) : Decimal(value, negative: false, Digits(format));

    private static bool IsHexadecimal(string? format) => format != null && format.Length > 0 && (format[0] | 0x20) == 'x';

    /// <summary>The least count of digits, behind the format's letter.</summary>
    private static int Digits(string? format)
    {
        if (format == null || format.Length == 0)
        {
            return 0;
        }

        if ((format[0] | 0x20) is not ('x' or 'd' or 'g'))
        {
            Fault.Raise(FaultReason.NotSupported, format);
        }

        int digits = 0;
        for (int i = 1; i < format.Length; i++)
        {
            digits = (digits * 10) + (format[i] - '0');
        }

        return digits;
    }

    private static string Decimal(ulong value, bool negative, int atLeast)
    {
        Span<char> text = stackalloc char[64];
        int start = text.Length;
        do
        {
            text[--start] = (char)('0' + (value % 10));
            value /= 10;
        }
        while (value != 0 || text.Length - start < Math.Min(atLeast, text.Length - 1));

        if (negative)
        {
            text[--start] = '-';
        }

        return new string(text.Slice(start));
    }

    private static string Hexadecimal(ulong value, string format)
    {
        int atLeast = Math.Min(Digits(format), 64);
        char ten = format[0] == 'X' ? 'A' : 'a';
        Span<char> text = stackalloc char[64];
        int start = text.Length;
        do
        {
            uint digit = (uint)value & 0xF;
            text[--start] = (char)(digit < 10 ? '0' + digit : ten + digit - 10);
            value >>= 4;
        }
        while (value != 0 || text.Length - start < atLeast);

        return new string(text.Slice(start));
    }
}
