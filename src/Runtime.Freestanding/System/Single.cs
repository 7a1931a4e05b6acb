namespace System;

/// <summary>The compiler asks for it; nothing here computes with it.</summary>
public struct Single
{
    private readonly float _value;
}
