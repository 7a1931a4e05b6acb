using Internal.Runtime;
using System.Runtime.CompilerServices;

namespace System;

public unsafe class Object
{
    // The compiler knows the field by this name.
    private MethodTable* m_pEEType;

    internal MethodTable* ObjectType => m_pEEType;

    /// <summary>The first byte behind the method table pointer: a box's value, an array's length.</summary>
    internal ref byte ObjectData => ref Unsafe.As<RawData>(this).Data;

    public virtual bool Equals(object? other) => this == other;

    public virtual int GetHashCode() => 0;

    public virtual string? ToString() => "object";

    public static bool ReferenceEquals(object? one, object? other) => one == other;

    public static bool Equals(object? one, object? other) => one == other || (one != null && other != null && one.Equals(other));

    ~Object()
    {
    }
}
