using Internal.Runtime;
using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>Boxing and unboxing; the compiler knows the methods by name.</summary>
internal static unsafe class RuntimeExports
{
    /// <summary>A box with a copy of the value; null for a nullable without one.</summary>
    [RuntimeExport("RhBox")]
    private static object? RhBox(MethodTable* type, ref byte value)
    {
        if (type->ElementKind == ElementKind.Nullable)
        {
            // bool, padding to the value's alignment, value.
            if (value == 0)
            {
                return null;
            }

            MethodTable* inner = type->NullableType;
            value = ref Unsafe.Add(ref value, (int)type->NullableValueOffset);
            type = inner;
        }

        object box = Allocator.NewObjectOf(type);
        SpanHelpers.Memmove(ref box.ObjectData, ref value, type->ValueSize);
        return box;
    }

    /// <summary>Where a box's value lies, when it is one of the type.</summary>
    [RuntimeExport("RhUnbox2")]
    private static ref byte RhUnbox2(MethodTable* type, object box)
    {
        if (box == null)
        {
            Fault.Raise(FaultReason.NullReference);
        }

        if (!AreSame(type, box.ObjectType))
        {
            Fault.Raise(FaultReason.InvalidCast);
        }

        return ref box.ObjectData;
    }

    /// <summary>Copies a box's value to where a value or a nullable of the type lies; no box is a nullable without a value.</summary>
    [RuntimeExport("RhUnboxNullable")]
    private static void RhUnboxNullable(ref byte target, MethodTable* type, object? box)
    {
        if (box == null)
        {
            SpanHelpers.ClearWithoutReferences(ref target, type->ValueSize);
            return;
        }

        if (!AreSame(type->NullableType, box.ObjectType))
        {
            Fault.Raise(FaultReason.InvalidCast);
        }

        target = 1;
        SpanHelpers.Memmove(ref Unsafe.Add(ref target, (int)type->NullableValueOffset), ref box.ObjectData, box.ObjectType->ValueSize);
    }

    [RuntimeExport("RhUnboxTypeTest")]
    private static void RhUnboxTypeTest(MethodTable* type, MethodTable* boxed)
    {
        if (!AreSame(type, boxed))
        {
            Fault.Raise(FaultReason.InvalidCast);
        }
    }

    /// <summary>An enum unboxes as what it is based on, and the other way.</summary>
    private static bool AreSame(MethodTable* one, MethodTable* other) =>
        one == other || (one->ElementKind == other->ElementKind && one->ElementKind < ElementKind.ValueType);
}
