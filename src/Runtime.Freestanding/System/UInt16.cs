namespace System;

public struct UInt16 : IEquatable<ushort>, IComparable<ushort>
{
    private readonly ushort _value;

    public const ushort MaxValue = 0xFFFF;

    public const ushort MinValue = 0;

    public readonly bool Equals(ushort other) => _value == other;

    public override readonly bool Equals(object? other) => other is ushort value && _value == value;

    public override readonly int GetHashCode() => _value;

    public readonly int CompareTo(ushort other) => _value < other ? -1 : _value > other ? 1 : 0;

    public override readonly string ToString() => Number.ToDecimal(_value);

    /// <summary>"X" and "x" with an optional count of digits, "D" or none: other formats are not offered.</summary>
    public readonly string ToString(string? format) => Number.Format(_value, format);
}
