namespace System;

public struct IntPtr : IEquatable<nint>, IComparable<nint>
{
    private readonly nint _value;

    public static readonly nint Zero;

    public static int Size => 8;

    public static nint MaxValue => unchecked((nint)long.MaxValue);

    public static nint MinValue => unchecked((nint)long.MinValue);

    public IntPtr(int value) => _value = value;

    public IntPtr(long value) => _value = (nint)value;

    public unsafe IntPtr(void* value) => _value = (nint)value;

    public readonly int ToInt32() => checked((int)_value);

    public readonly long ToInt64() => _value;

    public readonly unsafe void* ToPointer() => (void*)_value;

    public readonly bool Equals(nint other) => _value == other;

    public override readonly bool Equals(object? other) => other is nint value && _value == value;

    public override readonly int GetHashCode() => unchecked((int)_value ^ (int)(_value >> 32));

    public readonly int CompareTo(nint other) => _value < other ? -1 : _value > other ? 1 : 0;

    public override readonly string ToString() => Number.ToSignedDecimal(_value);

    /// <summary>"X" and "x" with an optional count of digits, "D" or none: other formats are not offered.</summary>
    public readonly string ToString(string? format) => Number.Format(_value, unchecked((ulong)_value), format);
}
