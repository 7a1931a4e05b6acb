namespace System;

public struct Int16 : IEquatable<short>, IComparable<short>
{
    private readonly short _value;

    public const short MaxValue = 0x7FFF;

    public const short MinValue = -0x7FFF - 1;

    public readonly bool Equals(short other) => _value == other;

    public override readonly bool Equals(object? other) => other is short value && _value == value;

    public override readonly int GetHashCode() => _value;

    public readonly int CompareTo(short other) => _value < other ? -1 : _value > other ? 1 : 0;

    public override readonly string ToString() => Number.ToSignedDecimal(_value);

    /// <summary>"X" and "x" with an optional count of digits, "D" or none: other formats are not offered.</summary>
    public readonly string ToString(string? format) => Number.Format(_value, unchecked((ushort)_value), format);
}
