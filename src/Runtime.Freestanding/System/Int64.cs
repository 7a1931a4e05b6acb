namespace System;

public struct Int64 : IEquatable<long>, IComparable<long>
{
    private readonly long _value;

    public const long MaxValue = 0x7FFFFFFFFFFFFFFF;

    public const long MinValue = -0x7FFFFFFFFFFFFFFF - 1;

    public readonly bool Equals(long other) => _value == other;

    public override readonly bool Equals(object? other) => other is long value && _value == value;

    public override readonly int GetHashCode() => unchecked((int)_value ^ (int)(_value >> 32));

    public readonly int CompareTo(long other) => _value < other ? -1 : _value > other ? 1 : 0;

    public override readonly string ToString() => Number.ToSignedDecimal(_value);

    /// <summary>"X" and "x" with an optional count of digits, "D" or none: other formats are not offered.</summary>
    public readonly string ToString(string? format) => Number.Format(_value, unchecked((ulong)_value), format);
}
