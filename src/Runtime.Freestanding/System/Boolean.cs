namespace System;

public struct Boolean : IEquatable<bool>
{
    private readonly bool _value;

    public readonly bool Equals(bool other) => _value == other;

    public override readonly bool Equals(object? other) => other is bool value && _value == value;

    public override readonly int GetHashCode() => _value ? 1 : 0;

    public override readonly string ToString() => _value ? "True" : "False";
}
