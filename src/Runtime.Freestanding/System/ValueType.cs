namespace System;

public abstract class ValueType
{
    // Comparing by fields would need reflection: value types that are compared say how.
    public override bool Equals(object? other) => Internal.Runtime.ValueComparison.SameBits(this, other);
}
