namespace System;

public sealed class CLSCompliantAttribute(bool isCompliant) : Attribute
{
    public bool IsCompliant { get; } = isCompliant;
}
