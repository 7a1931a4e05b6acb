using Internal.Runtime;
using System.Runtime.CompilerServices;

namespace System;

public unsafe class Object
{
    private MethodTable* _type;

    internal MethodTable* ObjectType => _type;

    /// <summary>The first byte behind the method table pointer: a box's value, an array's length.</summary>
    internal ref byte ObjectData => ref Unsafe.As<RawObject>(this).First;

    public virtual bool Equals(object? other) => this == other;

    public virtual int GetHashCode() => 0;

    public virtual string? ToString() => "object";

    public static bool ReferenceEquals(object? one, object? other) => one == other;

    public static bool Equals(object? one, object? other) => one == other || (one != null && other != null && one.Equals(other));

    ~Object()
    {
    }
}
