using Internal.Runtime;
using System.Runtime.CompilerServices;

namespace System.Runtime;

/// <summary>The compiler's calls for casts and for storing into arrays of references.</summary>
internal static unsafe class TypeCast
{
    [RuntimeExport("RhTypeCast_IsInstanceOfAny")]
    private static object? IsInstanceOfAny(MethodTable* target, object? instance) =>
        instance == null || IsAssignable(instance.ObjectType, target) ? instance : null;

    [RuntimeExport("RhTypeCast_IsInstanceOfInterface")]
    private static object? IsInstanceOfInterface(MethodTable* target, object? instance) =>
        instance == null || Implements(instance.ObjectType, target) ? instance : null;

    [RuntimeExport("RhTypeCast_IsInstanceOfClass")]
    private static object? IsInstanceOfClass(MethodTable* target, object? instance) =>
        instance == null || IsDerived(instance.ObjectType, target) ? instance : null;

    [RuntimeExport("RhTypeCast_IsInstanceOfException")]
    private static bool IsInstanceOfException(MethodTable* target, object? instance) =>
        instance != null && IsDerived(instance.ObjectType, target);

    [RuntimeExport("RhTypeCast_CheckCastAny")]
    private static object? CheckCastAny(MethodTable* target, object? instance) =>
        Checked(instance, instance == null || IsAssignable(instance.ObjectType, target));

    [RuntimeExport("RhTypeCast_CheckCastInterface")]
    private static object? CheckCastInterface(MethodTable* target, object? instance) =>
        Checked(instance, instance == null || Implements(instance.ObjectType, target));

    [RuntimeExport("RhTypeCast_CheckCastClass")]
    private static object? CheckCastClass(MethodTable* target, object? instance) =>
        Checked(instance, instance == null || IsDerived(instance.ObjectType, target));

    [RuntimeExport("RhTypeCast_CheckCastClassSpecial")]
    private static object? CheckCastClassSpecial(MethodTable* target, object? instance) => CheckCastClass(target, instance);

    /// <summary>array[index] = value, where the array may be of a type more derived than its variable's.</summary>
    private static void StelemRef(object?[] array, nint index, object? value)
    {
        if ((nuint)index >= (uint)array.Length)
        {
            Fault.Raise(FaultReason.IndexOutOfRange);
        }

        MethodTable* element = array.ObjectType->Element;
        if (value != null && !IsAssignable(value.ObjectType, element))
        {
            Fault.Raise(FaultReason.ArrayTypeMismatch);
        }

        Unsafe.Add(ref Unsafe.As<byte, object?>(ref Unsafe.As<RawArray>(array).Data), (int)index) = value;
    }

    /// <summary>ref array[index], which must be exactly of the type asked for.</summary>
    private static ref object LdelemaRef(object[] array, nint index, MethodTable* element)
    {
        if ((nuint)index >= (uint)array.Length)
        {
            Fault.Raise(FaultReason.IndexOutOfRange);
        }

        if (array.ObjectType->Element != element)
        {
            Fault.Raise(FaultReason.ArrayTypeMismatch);
        }

        return ref Unsafe.Add(ref Unsafe.As<byte, object>(ref Unsafe.As<RawArray>(array).Data), (int)index);
    }

    /// <summary>Whether a reference to <paramref name="source"/>, which is no nullable, may be taken for one to <paramref name="target"/>.</summary>
    internal static bool IsAssignable(MethodTable* source, MethodTable* target)
    {
        if (source == target)
        {
            return true;
        }

        if (target->ElementKind == ElementKind.Nullable)
        {
            return source == target->NullableType;
        }

        if (target->IsInterface)
        {
            return Implements(source, target);
        }

        if (target->IsParameterized)
        {
            return source->IsParameterized && source->ElementKind == target->ElementKind && source->BaseSize == target->BaseSize
                && AreElementsCompatible(source->Element, target->Element);
        }

        return IsDerived(source, target) || (target->HasVariance && IsVariantOf(source, target));
    }

    /// <summary>Whether elements may be copied from one array to another without a look at each.</summary>
    internal static bool IsAssignableArray(MethodTable* source, MethodTable* target) =>
        source == target || AreElementsCompatible(source->Element, target->Element);

    /// <summary>Whether <paramref name="candidate"/> is <paramref name="target"/>, or differs only as its variance allows.</summary>
    internal static bool IsVariantOf(MethodTable* candidate, MethodTable* target)
    {
        if (candidate == target)
        {
            return true;
        }

        if (!candidate->IsGeneric || !target->IsGeneric || candidate->GenericDefinition != target->GenericDefinition)
        {
            return false;
        }

        for (uint i = 0; i < target->GenericArgumentCount; i++)
        {
            MethodTable* one = candidate->GenericArgument(i);
            MethodTable* other = target->GenericArgument(i);
            bool compatible = one == other || target->Variance(i) switch
            {
                GenericVariance.Covariant => !one->IsValueType && IsAssignable(one, other),
                GenericVariance.Contravariant => !other->IsValueType && IsAssignable(other, one),
                _ => false,
            };
            if (!compatible)
            {
                return false;
            }
        }

        return true;
    }

    private static bool Implements(MethodTable* source, MethodTable* target)
    {
        MethodTable** interfaces = source->Interfaces;
        for (uint i = 0; i < source->InterfaceCount; i++)
        {
            if (interfaces[i] == target)
            {
                return true;
            }
        }

        if (target->HasVariance)
        {
            for (uint i = 0; i < source->InterfaceCount; i++)
            {
                if (IsVariantOf(interfaces[i], target))
                {
                    return true;
                }
            }
        }

        return source == target;
    }

    private static bool IsDerived(MethodTable* source, MethodTable* target)
    {
        for (MethodTable* current = source; current != null; current = current->Base)
        {
            if (current == target)
            {
                return true;
            }
        }

        // All that is parameterized and can be an object is an array.
        return source->IsParameterized && (target->ElementKind == ElementKind.SystemArray || (target->Base == null && !target->IsInterface));
    }

    /// <summary>Arrays convert where their elements do: references by the hierarchy, integers and enums by their size.</summary>
    private static bool AreElementsCompatible(MethodTable* source, MethodTable* target)
    {
        if (source == target)
        {
            return true;
        }

        if (source->IsValueType || target->IsValueType)
        {
            return source->IsValueType && target->IsValueType && Signless(source->ElementKind) == Signless(target->ElementKind)
                && source->ElementKind < ElementKind.ValueType;
        }

        return IsAssignable(source, target);
    }

    /// <summary>int for uint and so on; bool, char and floating point stay what they are.</summary>
    private static ElementKind Signless(ElementKind kind) => kind switch
    {
        ElementKind.Byte => ElementKind.SByte,
        ElementKind.UInt16 => ElementKind.Int16,
        ElementKind.UInt32 => ElementKind.Int32,
        ElementKind.UInt64 => ElementKind.Int64,
        ElementKind.UIntPtr => ElementKind.IntPtr,
        _ => kind,
    };

    private static object? Checked(object? instance, bool fits)
    {
        if (!fits)
        {
            Fault.Raise(FaultReason.InvalidCast);
        }

        return instance;
    }
}
