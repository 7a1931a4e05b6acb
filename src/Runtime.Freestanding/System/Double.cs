namespace System;

/// <summary>The compiler asks for it; nothing here computes with it.</summary>
public struct Double
{
    private readonly double _value;
}
