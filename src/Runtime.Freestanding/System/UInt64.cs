namespace System;

public struct UInt64 : IEquatable<ulong>, IComparable<ulong>
{
    private readonly ulong _value;

    public const ulong MaxValue = 0xFFFFFFFFFFFFFFFF;

    public const ulong MinValue = 0;

    public readonly bool Equals(ulong other) => _value == other;

    public override readonly bool Equals(object? other) => other is ulong value && _value == value;

    public override readonly int GetHashCode() => unchecked((int)_value ^ (int)(_value >> 32));

    public readonly int CompareTo(ulong other) => _value < other ? -1 : _value > other ? 1 : 0;

    public override readonly string ToString() => Number.ToDecimal(_value);

    /// <summary>"X" and "x" with an optional count of digits, "D" or none: other formats are not offered.</summary>
    public readonly string ToString(string? format) => Number.Format(_value, format);
}
