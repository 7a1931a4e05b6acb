namespace System;

public struct Int32 : IEquatable<int>, IComparable<int>
{
    private readonly int _value;

    public const int MaxValue = 0x7FFFFFFF;

    public const int MinValue = -0x7FFFFFFF - 1;

    public readonly bool Equals(int other) => _value == other;

    public override readonly bool Equals(object? other) => other is int value && _value == value;

    public override readonly int GetHashCode() => _value;

    public readonly int CompareTo(int other) => _value < other ? -1 : _value > other ? 1 : 0;

    public override readonly string ToString() => Number.ToSignedDecimal(_value);

    /// <summary>"X" and "x" with an optional count of digits, "D" or none: other formats are not offered.</summary>
    public readonly string ToString(string? format) => Number.Format(_value, unchecked((uint)_value), format);
}
