namespace System;

/// <summary>Only what typeof and ldtoken need; there is no reflection.</summary>
public abstract class Type
{
    public static Type? GetTypeFromHandle(RuntimeTypeHandle handle) => null;
}
