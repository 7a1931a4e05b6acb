using Internal.Runtime;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

/// <summary>The block operations. The compiler asks for the first three by name; the work is done by Blocks.asm.</summary>
internal static unsafe class SpanHelpers
{
    /// <summary>Copies, also where both overlap.</summary>
    [Intrinsic]
    internal static void Memmove(ref byte destination, ref byte source, nuint length) => Move(ref destination, ref source, length);

    internal static void ClearWithoutReferences(ref byte destination, nuint length) => Set(ref destination, 0, length);

    internal static void Fill(ref byte destination, byte value, nuint length) => Set(ref destination, value, length);

    internal static void Fill<T>(ref T destination, nuint length, T value)
    {
        for (nuint i = 0; i < length; i++)
        {
            Unsafe.Add(ref destination, (nint)i) = value;
        }
    }

    /// <summary>Whether as many bytes are the same, eight at a time.</summary>
    internal static bool SequenceEqual(ref byte first, ref byte second, nuint length)
    {
        nuint i = 0;
        for (; i + 8 <= length; i += 8)
        {
            if (Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref first, (nint)i))
                != Unsafe.ReadUnaligned<ulong>(ref Unsafe.AddByteOffset(ref second, (nint)i)))
            {
                return false;
            }
        }

        for (; i < length; i++)
        {
            if (Unsafe.AddByteOffset(ref first, (nint)i) != Unsafe.AddByteOffset(ref second, (nint)i))
            {
                return false;
            }
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "BlockMove")]
    private static extern void Move(ref byte destination, ref byte source, nuint length);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "BlockSet")]
    private static extern void Set(ref byte destination, byte value, nuint length);
}
