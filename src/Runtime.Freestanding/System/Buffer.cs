using System.Runtime.CompilerServices;

namespace System;

public static unsafe class Buffer
{
    /// <summary>Arena references need no barrier on a copy: a debug check would go here too (see Barriers.asm).</summary>
    internal static void BulkMoveWithWriteBarrier(ref byte destination, ref byte source, nuint byteCount) =>
        SpanHelpers.Memmove(ref destination, ref source, byteCount);

    internal static void Memmove<T>(ref T destination, ref T source, nuint elementCount) => SpanHelpers.Memmove(
        ref Unsafe.As<T, byte>(ref destination), ref Unsafe.As<T, byte>(ref source), elementCount * (nuint)Unsafe.SizeOf<T>());

    public static void MemoryCopy(void* source, void* destination, long destinationSizeInBytes, long sourceBytesToCopy)
    {
        if (sourceBytesToCopy > destinationSizeInBytes)
        {
            Internal.Runtime.Fault.Raise(Internal.Runtime.FaultReason.Argument, "More bytes than the destination holds.");
        }

        SpanHelpers.Memmove(ref *(byte*)destination, ref *(byte*)source, (nuint)sourceBytesToCopy);
    }

    public static void MemoryCopy(void* source, void* destination, ulong destinationSizeInBytes, ulong sourceBytesToCopy) =>
        MemoryCopy(source, destination, checked((long)destinationSizeInBytes), checked((long)sourceBytesToCopy));
}
