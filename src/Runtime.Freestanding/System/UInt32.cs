namespace System;

public struct UInt32 : IEquatable<uint>, IComparable<uint>
{
    private readonly uint _value;

    public const uint MaxValue = 0xFFFFFFFF;

    public const uint MinValue = 0;

    public readonly bool Equals(uint other) => _value == other;

    public override readonly bool Equals(object? other) => other is uint value && _value == value;

    public override readonly int GetHashCode() => unchecked((int)_value);

    public readonly int CompareTo(uint other) => _value < other ? -1 : _value > other ? 1 : 0;

    public override readonly string ToString() => Number.ToDecimal(_value);

    /// <summary>"X" and "x" with an optional count of digits, "D" or none: other formats are not offered.</summary>
    public readonly string ToString(string? format) => Number.Format(_value, format);
}
