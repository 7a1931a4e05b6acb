using System.Runtime.CompilerServices;

namespace Internal.Runtime;

/// <summary>
/// What the compiler emits for each type (ILCompiler 10.0.14, EETypeNode). The fixed part is below; behind it lie, in this order:
/// the virtual methods' addresses, the interfaces' method tables (8 bytes each), and then 32-bit self-relative pointers: type
/// manager, writable data, [dispatch map], [finalizer], [sealed virtual methods], [generic definition, generic arguments]. A generic
/// definition has its parameters' count for a base size, and behind the writable data a pointer to a byte of variance for each.
/// </summary>
internal unsafe struct MethodTable
{
    private const uint KindMask = 0x00030000;
    private const uint KindParameterized = 0x00020000;
    private const uint HasDispatchMapFlag = 0x00040000;
    private const uint HasFinalizerFlag = 0x00100000;
    private const uint HasSealedMethodsFlag = 0x00400000;
    private const uint HasVarianceFlag = 0x00800000;
    private const uint HasPointersFlag = 0x01000000;
    private const uint IsGenericFlag = 0x02000000;
    private const int ElementKindShift = 26;
    private const uint ElementKindMask = 0x1F;
    private const uint HasComponentSizeFlag = 0x80000000;

    // In the low half of the flags of what has no component size.
    private const uint ValuePaddingMask = 0x00E0;
    private const int ValuePaddingShift = 5;
    private const uint NullableOffsetMask = 0x0700;
    private const int NullableOffsetShift = 8;

    private uint _flags;
    private uint _baseSize;
    private MethodTable* _related;
    private ushort _virtualMethods;
    private ushort _interfaces;
    private uint _hashCode;

    /// <summary>Bytes of an instance with its header, without elements.</summary>
    internal readonly uint BaseSize => _baseSize;

    /// <summary>Bytes of one element of an array or a string; 0 for all else.</summary>
    internal readonly uint ComponentSize => (_flags & HasComponentSizeFlag) != 0 ? (ushort)_flags : 0u;

    /// <summary>Whether it is an array, a pointer or a by-reference.</summary>
    internal readonly bool IsParameterized => (_flags & KindMask) == KindParameterized;

    /// <summary>Whether instances hold references.</summary>
    internal readonly bool HasPointers => (_flags & HasPointersFlag) != 0;

    /// <summary>Whether it is an instance of a generic type.</summary>
    internal readonly bool IsGeneric => (_flags & IsGenericFlag) != 0;

    /// <summary>Whether it is a generic interface or delegate with co- or contravariant parameters.</summary>
    internal readonly bool HasVariance => (_flags & HasVarianceFlag) != 0;

    /// <summary>What it is; an enum says what it is based on.</summary>
    internal readonly ElementKind ElementKind => (ElementKind)((_flags >> ElementKindShift) & ElementKindMask);

    /// <summary>Whether it is an interface.</summary>
    internal readonly bool IsInterface => ElementKind == ElementKind.Interface;

    /// <summary>Whether it is a value type.</summary>
    internal readonly bool IsValueType => ElementKind < ElementKind.Class;

    /// <summary>The base type, null for <see cref="object"/> and interfaces. Not for arrays and pointers.</summary>
    internal readonly MethodTable* Base => IsParameterized ? null : _related;

    /// <summary>Where a method is looked for next: an array's are <see cref="System.Array{T}"/>'s.</summary>
    internal readonly MethodTable* BaseForDispatch => _related;

    /// <summary>Bytes of the value that a box of this value type holds.</summary>
    internal readonly uint ValueSize => _baseSize - (2 * (uint)sizeof(nint)) - ValuePadding;

    /// <summary>What a nullable may hold.</summary>
    internal readonly MethodTable* NullableType => GenericArgument(0);

    /// <summary>Where in a nullable its value lies.</summary>
    internal readonly uint NullableValueOffset => 1u << (int)((_flags & NullableOffsetMask) >> NullableOffsetShift);

    private readonly uint ValuePadding => (_flags & ValuePaddingMask) >> ValuePaddingShift;

    /// <summary>The element type of an array or a pointer.</summary>
    internal readonly MethodTable* Element => _related;

    /// <summary>How many interfaces it implements, inherited ones too.</summary>
    internal readonly uint InterfaceCount => _interfaces;

    /// <summary>The interfaces it implements.</summary>
    internal readonly MethodTable** Interfaces => (MethodTable**)(VirtualMethods + _virtualMethods);

    /// <summary>How many virtual methods have a slot of their own.</summary>
    internal readonly uint VirtualMethodCount => _virtualMethods;

    private readonly void** VirtualMethods => (void**)((byte*)Unsafe.AsPointer(in this) + sizeof(MethodTable));

    private readonly int* GenericPointers =>
        RelativePointers + 2 + Flag(HasDispatchMapFlag) + Flag(HasFinalizerFlag) + Flag(HasSealedMethodsFlag);

    private readonly int* RelativePointers => (int*)(Interfaces + _interfaces);

    /// <summary>Which of its methods implement which interface's; null if it adds no such.</summary>
    internal readonly DispatchMap* DispatchMap => (_flags & HasDispatchMapFlag) != 0 ? (DispatchMap*)Follow(RelativePointers + 2) : null;

    /// <summary>The generic type that it is an instance of.</summary>
    internal readonly MethodTable* GenericDefinition => (MethodTable*)Follow(GenericPointers);

    /// <summary>How many type arguments it has.</summary>
    internal readonly uint GenericArgumentCount => GenericDefinition->_baseSize;

    /// <summary>A type argument: the only one lies in the method table itself, more lie in a list.</summary>
    internal readonly MethodTable* GenericArgument(uint index)
    {
        int* first = GenericPointers + 1;
        return (MethodTable*)Follow(GenericArgumentCount == 1 ? first : (int*)Follow(first) + index);
    }

    /// <summary>How a type parameter may vary.</summary>
    internal readonly GenericVariance Variance(uint index)
    {
        MethodTable* definition = GenericDefinition;
        return definition->HasVariance ? ((GenericVariance*)Follow(definition->RelativePointers + 2))[index] : GenericVariance.None;
    }

    /// <summary>The address of the method in a slot: a virtual method's, or behind those a sealed one's.</summary>
    internal readonly void* Method(uint slot)
    {
        if (slot < _virtualMethods)
        {
            return VirtualMethods[slot];
        }

        int* sealedMethods = (int*)Follow(RelativePointers + 2 + Flag(HasDispatchMapFlag) + Flag(HasFinalizerFlag));
        return Follow(sealedMethods + (slot - _virtualMethods));
    }

    /// <summary>The compiler replaces it by the type's method table.</summary>
    [Intrinsic]
    internal static extern MethodTable* Of<T>();

    /// <summary>What a 32-bit self-relative pointer points at.</summary>
    internal static void* Follow(int* pointer) => (byte*)pointer + *pointer;

    private readonly int Flag(uint flag) => (_flags & flag) != 0 ? 1 : 0;
}
