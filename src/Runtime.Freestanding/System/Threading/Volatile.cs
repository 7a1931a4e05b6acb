using System.Runtime.CompilerServices;

namespace System.Threading;

/// <summary>
/// On x86 a plain load acquires and a plain store releases; a volatile field keeps the compiler from moving, merging or dropping
/// them.
/// </summary>
public static class Volatile
{
    [Intrinsic]
    public static bool Read(ref readonly bool location) => Unsafe.As<bool, VolatileCellBool>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref bool location, bool value) => Unsafe.As<bool, VolatileCellBool>(ref location).Value = value;

    [Intrinsic]
    public static sbyte Read(ref readonly sbyte location) => Unsafe.As<sbyte, VolatileCellSbyte>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref sbyte location, sbyte value) => Unsafe.As<sbyte, VolatileCellSbyte>(ref location).Value = value;

    [Intrinsic]
    public static byte Read(ref readonly byte location) => Unsafe.As<byte, VolatileCellByte>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref byte location, byte value) => Unsafe.As<byte, VolatileCellByte>(ref location).Value = value;

    [Intrinsic]
    public static short Read(ref readonly short location) => Unsafe.As<short, VolatileCellShort>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref short location, short value) => Unsafe.As<short, VolatileCellShort>(ref location).Value = value;

    [Intrinsic]
    public static ushort Read(ref readonly ushort location) => Unsafe.As<ushort, VolatileCellUshort>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref ushort location, ushort value) => Unsafe.As<ushort, VolatileCellUshort>(ref location).Value = value;

    [Intrinsic]
    public static int Read(ref readonly int location) => Unsafe.As<int, VolatileCellInt>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref int location, int value) => Unsafe.As<int, VolatileCellInt>(ref location).Value = value;

    [Intrinsic]
    public static uint Read(ref readonly uint location) => Unsafe.As<uint, VolatileCellUint>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref uint location, uint value) => Unsafe.As<uint, VolatileCellUint>(ref location).Value = value;

    [Intrinsic]
    public static long Read(ref readonly long location) => (long)Unsafe.As<long, VolatileCellNint>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref long location, long value) => Unsafe.As<long, VolatileCellNint>(ref location).Value = (nint)value;

    [Intrinsic]
    public static ulong Read(ref readonly ulong location) => (ulong)Unsafe.As<ulong, VolatileCellNuint>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref ulong location, ulong value) => Unsafe.As<ulong, VolatileCellNuint>(ref location).Value = (nuint)value;

    [Intrinsic]
    public static nint Read(ref readonly nint location) => Unsafe.As<nint, VolatileCellNint>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref nint location, nint value) => Unsafe.As<nint, VolatileCellNint>(ref location).Value = value;

    [Intrinsic]
    public static nuint Read(ref readonly nuint location) => Unsafe.As<nuint, VolatileCellNuint>(ref Unsafe.AsRef(in location)).Value;

    [Intrinsic]
    public static void Write(ref nuint location, nuint value) => Unsafe.As<nuint, VolatileCellNuint>(ref location).Value = value;

    [Intrinsic]
    public static T Read<T>(ref readonly T location)
        where T : class? => Unsafe.As<T>(Unsafe.As<T, VolatileCellObject>(ref Unsafe.AsRef(in location)).Value);

    [Intrinsic]
    public static void Write<T>(ref T location, T value)
        where T : class? => Unsafe.As<T, VolatileCellObject>(ref location).Value = value;

    private struct VolatileCellBool
    {
        internal volatile bool Value;
    }

    private struct VolatileCellSbyte
    {
        internal volatile sbyte Value;
    }

    private struct VolatileCellByte
    {
        internal volatile byte Value;
    }

    private struct VolatileCellShort
    {
        internal volatile short Value;
    }

    private struct VolatileCellUshort
    {
        internal volatile ushort Value;
    }

    private struct VolatileCellInt
    {
        internal volatile int Value;
    }

    private struct VolatileCellUint
    {
        internal volatile uint Value;
    }

    private struct VolatileCellNint
    {
        internal volatile nint Value;
    }

    private struct VolatileCellNuint
    {
        internal volatile nuint Value;
    }

    private struct VolatileCellObject
    {
        internal volatile object? Value;
    }
}
