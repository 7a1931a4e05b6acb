namespace System;

public struct Byte : IEquatable<byte>, IComparable<byte>
{
    private readonly byte _value;

    public const byte MaxValue = 0xFF;

    public const byte MinValue = 0;

    public readonly bool Equals(byte other) => _value == other;

    public override readonly bool Equals(object? other) => other is byte value && _value == value;

    public override readonly int GetHashCode() => _value;

    public readonly int CompareTo(byte other) => _value < other ? -1 : _value > other ? 1 : 0;

    public override readonly string ToString() => Number.ToDecimal(_value);

    /// <summary>"X" and "x" with an optional count of digits, "D" or none: other formats are not offered.</summary>
    public readonly string ToString(string? format) => Number.Format(_value, format);
}
