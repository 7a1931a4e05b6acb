namespace System;

public struct RuntimeMethodHandle
{
    private nint _value;

    internal RuntimeMethodHandle(nint value) => _value = value;
}
