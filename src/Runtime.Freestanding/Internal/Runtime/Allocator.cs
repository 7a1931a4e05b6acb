using System;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime;

/// <summary>The compiler's calls for new objects.</summary>
internal static unsafe class Allocator
{
    /// <summary>A new object.</summary>
    [RuntimeExport("RhpNewFast")]
    internal static void* New(MethodTable* type)
    {
        void** memory = (void**)Arena.Take(type->BaseSize);
        // The header before the method table, which the base size counts, is at the end of the object before.
        *memory = type;
        return memory;
    }

    /// <summary>A new array or string: <paramref name="type"/>'s fixed part and <paramref name="length"/> elements.</summary>
    [RuntimeExport("RhpNewArrayFast")]
    internal static void* NewArray(MethodTable* type, nint length)
    {
        if ((nuint)length > int.MaxValue)
        {
            Fault.Raise(FaultReason.Overflow);
        }

        void** memory = (void**)Arena.Take(type->BaseSize + ((nuint)length * type->ComponentSize));
        *memory = type;
        ((int*)memory)[2] = (int)length;
        return memory;
    }

    [RuntimeExport("RhpNewPtrArrayFast")]
    private static void* NewReferenceArray(MethodTable* type, nint length) => NewArray(type, length);

    [RuntimeExport("RhpNewArray")]
    private static void* NewArraySlow(MethodTable* type, nint length) => NewArray(type, length);

    [RuntimeExport("RhNewString")]
    private static void* NewString(MethodTable* type, nint length) => NewArray(type, length);

    [RuntimeExport("RhNewObject")]
    private static void* NewObject(MethodTable* type) => New(type);

    /// <summary>A new object as a reference.</summary>
    internal static object NewObjectOf(MethodTable* type)
    {
        void* memory = New(type);
        return Unsafe.As<nint, object>(ref *(nint*)&memory);
    }
}
