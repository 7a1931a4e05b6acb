using System.Runtime.CompilerServices;

namespace System.Threading;

/// <summary>The compiler turns the calls into locked instructions: the bodies, which call themselves, are never run as calls.</summary>
public static class Interlocked
{
    [Intrinsic]
    public static sbyte Exchange(ref sbyte location1, sbyte value) => Exchange(ref location1, value);

    [Intrinsic]
    public static sbyte CompareExchange(ref sbyte location1, sbyte value, sbyte comparand) =>
        CompareExchange(ref location1, value, comparand);

    [Intrinsic]
    public static byte Exchange(ref byte location1, byte value) => Exchange(ref location1, value);

    [Intrinsic]
    public static byte CompareExchange(ref byte location1, byte value, byte comparand) =>
        CompareExchange(ref location1, value, comparand);

    [Intrinsic]
    public static short Exchange(ref short location1, short value) => Exchange(ref location1, value);

    [Intrinsic]
    public static short CompareExchange(ref short location1, short value, short comparand) =>
        CompareExchange(ref location1, value, comparand);

    [Intrinsic]
    public static ushort Exchange(ref ushort location1, ushort value) => Exchange(ref location1, value);

    [Intrinsic]
    public static ushort CompareExchange(ref ushort location1, ushort value, ushort comparand) =>
        CompareExchange(ref location1, value, comparand);

    [Intrinsic]
    public static int Exchange(ref int location1, int value) => Exchange(ref location1, value);

    [Intrinsic]
    public static int CompareExchange(ref int location1, int value, int comparand) =>
        CompareExchange(ref location1, value, comparand);

    [Intrinsic]
    public static uint Exchange(ref uint location1, uint value) => Exchange(ref location1, value);

    [Intrinsic]
    public static uint CompareExchange(ref uint location1, uint value, uint comparand) =>
        CompareExchange(ref location1, value, comparand);

    [Intrinsic]
    public static long Exchange(ref long location1, long value) => Exchange(ref location1, value);

    [Intrinsic]
    public static long CompareExchange(ref long location1, long value, long comparand) =>
        CompareExchange(ref location1, value, comparand);

    [Intrinsic]
    public static ulong Exchange(ref ulong location1, ulong value) => Exchange(ref location1, value);

    [Intrinsic]
    public static ulong CompareExchange(ref ulong location1, ulong value, ulong comparand) =>
        CompareExchange(ref location1, value, comparand);

    [Intrinsic]
    public static nint Exchange(ref nint location1, nint value) => Exchange(ref location1, value);

    [Intrinsic]
    public static nint CompareExchange(ref nint location1, nint value, nint comparand) =>
        CompareExchange(ref location1, value, comparand);

    [Intrinsic]
    public static nuint Exchange(ref nuint location1, nuint value) => Exchange(ref location1, value);

    [Intrinsic]
    public static nuint CompareExchange(ref nuint location1, nuint value, nuint comparand) =>
        CompareExchange(ref location1, value, comparand);

    public static object? Exchange(ref object? location1, object? value) => Exchange<object?>(ref location1, value);

    public static object? CompareExchange(ref object? location1, object? value, object? comparand) =>
        CompareExchange<object?>(ref location1, value, comparand);

    /// <summary>References only. Nothing moves them, so they are exchanged as the addresses that they are.</summary>
    public static T Exchange<T>(ref T location1, T value)
        where T : class?
    {
        nint former = Exchange(ref Unsafe.As<T, nint>(ref location1), Unsafe.As<T, nint>(ref value));
        return Unsafe.As<nint, T>(ref former);
    }

    /// <summary>References only.</summary>
    public static T CompareExchange<T>(ref T location1, T value, T comparand)
        where T : class?
    {
        nint former = CompareExchange(
            ref Unsafe.As<T, nint>(ref location1), Unsafe.As<T, nint>(ref value), Unsafe.As<T, nint>(ref comparand));
        return Unsafe.As<nint, T>(ref former);
    }

    [Intrinsic]
    private static int ExchangeAdd(ref int location1, int value) => ExchangeAdd(ref location1, value);

    public static int Add(ref int location1, int value) => ExchangeAdd(ref location1, value) + value;

    public static uint Add(ref uint location1, uint value) =>
        (uint)Add(ref Unsafe.As<uint, int>(ref location1), (int)value);

    public static int Increment(ref int location) => Add(ref location, 1);

    public static uint Increment(ref uint location) => (uint)Add(ref Unsafe.As<uint, int>(ref location), 1);

    public static int Decrement(ref int location) => Add(ref location, -1);

    public static uint Decrement(ref uint location) => (uint)Add(ref Unsafe.As<uint, int>(ref location), -1);

    public static int Or(ref int location1, int value)
    {
        int current = location1;
        while (true)
        {
            int seen = CompareExchange(ref location1, current | value, current);
            if (seen == current)
            {
                return seen;
            }

            current = seen;
        }
    }

    public static uint Or(ref uint location1, uint value) =>
        (uint)Or(ref Unsafe.As<uint, int>(ref location1), (int)value);

    public static int And(ref int location1, int value)
    {
        int current = location1;
        while (true)
        {
            int seen = CompareExchange(ref location1, current & value, current);
            if (seen == current)
            {
                return seen;
            }

            current = seen;
        }
    }

    public static uint And(ref uint location1, uint value) =>
        (uint)And(ref Unsafe.As<uint, int>(ref location1), (int)value);

    [Intrinsic]
    private static long ExchangeAdd(ref long location1, long value) => ExchangeAdd(ref location1, value);

    public static long Add(ref long location1, long value) => ExchangeAdd(ref location1, value) + value;

    public static ulong Add(ref ulong location1, ulong value) =>
        (ulong)Add(ref Unsafe.As<ulong, long>(ref location1), (long)value);

    public static long Increment(ref long location) => Add(ref location, 1);

    public static ulong Increment(ref ulong location) => (ulong)Add(ref Unsafe.As<ulong, long>(ref location), 1);

    public static long Decrement(ref long location) => Add(ref location, -1);

    public static ulong Decrement(ref ulong location) => (ulong)Add(ref Unsafe.As<ulong, long>(ref location), -1);

    public static long Or(ref long location1, long value)
    {
        long current = location1;
        while (true)
        {
            long seen = CompareExchange(ref location1, current | value, current);
            if (seen == current)
            {
                return seen;
            }

            current = seen;
        }
    }

    public static ulong Or(ref ulong location1, ulong value) =>
        (ulong)Or(ref Unsafe.As<ulong, long>(ref location1), (long)value);

    public static long And(ref long location1, long value)
    {
        long current = location1;
        while (true)
        {
            long seen = CompareExchange(ref location1, current & value, current);
            if (seen == current)
            {
                return seen;
            }

            current = seen;
        }
    }

    public static ulong And(ref ulong location1, ulong value) =>
        (ulong)And(ref Unsafe.As<ulong, long>(ref location1), (long)value);

    public static long Read(ref readonly long location) => Volatile.Read(in location);

    public static ulong Read(ref readonly ulong location) => Volatile.Read(in location);

    [Intrinsic]
    public static void MemoryBarrier() => MemoryBarrier();
}
