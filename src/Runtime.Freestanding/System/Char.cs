namespace System;

public struct Char : IEquatable<char>, IComparable<char>
{
    public const char MaxValue = '\uFFFF';
    public const char MinValue = '\0';

    private readonly char _value;

    public readonly bool Equals(char other) => _value == other;

    public override readonly bool Equals(object? other) => other is char value && _value == value;

    public override readonly int GetHashCode() => _value;

    public readonly int CompareTo(char other) => _value - other;

    public override readonly string ToString() => new(_value, 1);

    public static bool IsAscii(char c) => c < 0x80;

    public static bool IsAsciiDigit(char c) => (uint)(c - '0') <= 9;

    public static bool IsAsciiLetter(char c) => (uint)((c | 0x20) - 'a') <= 'z' - 'a';

    public static bool IsAsciiLetterOrDigit(char c) => IsAsciiLetter(c) || IsAsciiDigit(c);

    public static bool IsAsciiHexDigit(char c) => IsAsciiDigit(c) || (uint)((c | 0x20) - 'a') <= 5;

    public static bool IsBetween(char c, char minInclusive, char maxInclusive) =>
        (uint)(c - minInclusive) <= (uint)(maxInclusive - minInclusive);
}
