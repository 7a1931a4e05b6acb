using Internal.Runtime;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

public abstract unsafe class Array
{
    private int _length;

    public int Length => _length;

    public long LongLength => _length;

    public static T[] Empty<T>() => EmptyArray<T>.Value;

    public static void Clear(Array array)
    {
        MethodTable* type = array.ObjectType;
        SpanHelpers.ClearWithoutReferences(ref Unsafe.As<RawArray>(array).Data, (nuint)(uint)array._length * type->ComponentSize);
    }

    public static void Clear(Array array, int index, int length)
    {
        Check(array, index, length);
        uint size = array.ObjectType->ComponentSize;
        ref byte start = ref Unsafe.AddByteOffset(ref Unsafe.As<RawArray>(array).Data, (nint)((nuint)(uint)index * size));
        SpanHelpers.ClearWithoutReferences(ref start, (nuint)(uint)length * size);
    }

    public static void Copy(Array source, Array destination, int length) => Copy(source, 0, destination, 0, length);

    public static void Copy(Array source, int sourceIndex, Array destination, int destinationIndex, int length)
    {
        Check(source, sourceIndex, length);
        Check(destination, destinationIndex, length);
        MethodTable* type = source.ObjectType;
        // Copies that would convert or check each element are not offered.
        if (!TypeCast.IsAssignableArray(type, destination.ObjectType))
        {
            Fault.Raise(FaultReason.ArrayTypeMismatch);
        }

        uint size = type->ComponentSize;
        ref byte from = ref Unsafe.AddByteOffset(ref Unsafe.As<RawArray>(source).Data, (nint)((nuint)(uint)sourceIndex * size));
        ref byte to = ref Unsafe.AddByteOffset(ref Unsafe.As<RawArray>(destination).Data, (nint)((nuint)(uint)destinationIndex * size));
        SpanHelpers.Memmove(ref to, ref from, (nuint)(uint)length * size);
    }

    public static void Fill<T>(T[] array, T value) => new Span<T>(array).Fill(value);

    public static void Resize<T>(ref T[]? array, int newSize)
    {
        T[] larger = new T[newSize];
        if (array != null)
        {
            Copy(array, larger, array.Length < newSize ? array.Length : newSize);
        }

        array = larger;
    }

    public static int IndexOf<T>(T[] array, T value)
        where T : IEquatable<T>
    {
        for (int i = 0; i < array.Length; i++)
        {
            if (array[i].Equals(value))
            {
                return i;
            }
        }

        return -1;
    }

    private static void Check(Array array, int index, int length)
    {
        if ((uint)index > (uint)array._length || (uint)length > (uint)(array._length - index))
        {
            Fault.Raise(FaultReason.Argument, "Index and length must lie within the array.");
        }
    }
}
