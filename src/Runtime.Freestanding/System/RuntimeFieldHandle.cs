namespace System;

/// <summary>It must hold a native integer, or tables of primitives turn into lazy static constructors.</summary>
public struct RuntimeFieldHandle
{
    private nint _value;

    internal RuntimeFieldHandle(nint value) => _value = value;
}
