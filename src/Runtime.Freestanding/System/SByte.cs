namespace System;

public struct SByte : IEquatable<sbyte>, IComparable<sbyte>
{
    private readonly sbyte _value;

    public const sbyte MaxValue = 0x7F;

    public const sbyte MinValue = -0x7F - 1;

    public readonly bool Equals(sbyte other) => _value == other;

    public override readonly bool Equals(object? other) => other is sbyte value && _value == value;

    public override readonly int GetHashCode() => _value;

    public readonly int CompareTo(sbyte other) => _value < other ? -1 : _value > other ? 1 : 0;

    public override readonly string ToString() => Number.ToSignedDecimal(_value);

    /// <summary>"X" and "x" with an optional count of digits, "D" or none: other formats are not offered.</summary>
    public readonly string ToString(string? format) => Number.Format(_value, unchecked((byte)_value), format);
}
