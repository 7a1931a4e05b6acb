namespace System;

public struct UIntPtr : IEquatable<nuint>, IComparable<nuint>
{
    private readonly nuint _value;

    public static readonly nuint Zero;

    public static int Size => 8;

    public static nuint MaxValue => unchecked((nuint)ulong.MaxValue);

    public static nuint MinValue => unchecked((nuint)0);

    public UIntPtr(uint value) => _value = value;

    public UIntPtr(ulong value) => _value = (nuint)value;

    public unsafe UIntPtr(void* value) => _value = (nuint)value;

    public readonly uint ToUInt32() => checked((uint)_value);

    public readonly ulong ToUInt64() => _value;

    public readonly unsafe void* ToPointer() => (void*)_value;

    public readonly bool Equals(nuint other) => _value == other;

    public override readonly bool Equals(object? other) => other is nuint value && _value == value;

    public override readonly int GetHashCode() => unchecked((int)_value ^ (int)(_value >> 32));

    public readonly int CompareTo(nuint other) => _value < other ? -1 : _value > other ? 1 : 0;

    public override readonly string ToString() => Number.ToDecimal(_value);

    /// <summary>"X" and "x" with an optional count of digits, "D" or none: other formats are not offered.</summary>
    public readonly string ToString(string? format) => Number.Format(_value, format);
}
