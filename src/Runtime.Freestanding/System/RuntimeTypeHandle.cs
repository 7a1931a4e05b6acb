namespace System;

public struct RuntimeTypeHandle
{
    private nint _value;

    internal RuntimeTypeHandle(nint value) => _value = value;
}
