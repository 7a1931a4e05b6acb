using Internal.Runtime;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace System;

public static class Math
{
    public static sbyte Min(sbyte val1, sbyte val2) => val1 < val2 ? val1 : val2;

    public static byte Min(byte val1, byte val2) => val1 < val2 ? val1 : val2;

    public static short Min(short val1, short val2) => val1 < val2 ? val1 : val2;

    public static ushort Min(ushort val1, ushort val2) => val1 < val2 ? val1 : val2;

    public static int Min(int val1, int val2) => val1 < val2 ? val1 : val2;

    public static uint Min(uint val1, uint val2) => val1 < val2 ? val1 : val2;

    public static long Min(long val1, long val2) => val1 < val2 ? val1 : val2;

    public static ulong Min(ulong val1, ulong val2) => val1 < val2 ? val1 : val2;

    public static nint Min(nint val1, nint val2) => val1 < val2 ? val1 : val2;

    public static nuint Min(nuint val1, nuint val2) => val1 < val2 ? val1 : val2;

    public static sbyte Max(sbyte val1, sbyte val2) => val1 > val2 ? val1 : val2;

    public static byte Max(byte val1, byte val2) => val1 > val2 ? val1 : val2;

    public static short Max(short val1, short val2) => val1 > val2 ? val1 : val2;

    public static ushort Max(ushort val1, ushort val2) => val1 > val2 ? val1 : val2;

    public static int Max(int val1, int val2) => val1 > val2 ? val1 : val2;

    public static uint Max(uint val1, uint val2) => val1 > val2 ? val1 : val2;

    public static long Max(long val1, long val2) => val1 > val2 ? val1 : val2;

    public static ulong Max(ulong val1, ulong val2) => val1 > val2 ? val1 : val2;

    public static nint Max(nint val1, nint val2) => val1 > val2 ? val1 : val2;

    public static nuint Max(nuint val1, nuint val2) => val1 > val2 ? val1 : val2;

    public static int Clamp(int value, int min, int max) => Min(Max(value, min), max);

    public static uint Clamp(uint value, uint min, uint max) => Min(Max(value, min), max);

    public static long Clamp(long value, long min, long max) => Min(Max(value, min), max);

    public static ulong Clamp(ulong value, ulong min, ulong max) => Min(Max(value, min), max);

    public static int Abs(int value) => value >= 0 ? value : checked(-value);

    public static long Abs(long value) => value >= 0 ? value : checked(-value);

    public static int Sign(int value) => value < 0 ? -1 : value > 0 ? 1 : 0;

    public static int Sign(long value) => value < 0 ? -1 : value > 0 ? 1 : 0;

    public static (int Quotient, int Remainder) DivRem(int left, int right)
    {
        int quotient = left / right;
        return (quotient, left - (quotient * right));
    }

    public static (uint Quotient, uint Remainder) DivRem(uint left, uint right)
    {
        uint quotient = left / right;
        return (quotient, left - (quotient * right));
    }

    public static (long Quotient, long Remainder) DivRem(long left, long right)
    {
        long quotient = left / right;
        return (quotient, left - (quotient * right));
    }

    public static (ulong Quotient, ulong Remainder) DivRem(ulong left, ulong right)
    {
        ulong quotient = left / right;
        return (quotient, left - (quotient * right));
    }

    public static int DivRem(int a, int b, out int result)
    {
        int quotient = a / b;
        result = a - (quotient * b);
        return quotient;
    }

    public static long DivRem(long a, long b, out long result)
    {
        long quotient = a / b;
        result = a - (quotient * b);
        return quotient;
    }

    public static long BigMul(int a, int b) => (long)a * b;

    public static ulong BigMul(uint a, uint b) => (ulong)a * b;

    public static ulong BigMul(ulong a, ulong b, out ulong low) => Multiply(a, b, out low);

    public static long BigMul(long a, long b, out long low)
    {
        ulong high = Multiply((ulong)a, (ulong)b, out ulong unsignedLow);
        low = (long)unsignedLow;
        // A negative factor was taken for itself plus 2^64.
        return (long)high - ((a >> 63) & b) - ((b >> 63) & a);
    }

    // The compiler asks for these wherever it meets a checked conversion, whatever it converts; there is no floating point here.
    private static int ConvertToInt32Checked(double value) => (int)NoFloatingPoint();

    private static uint ConvertToUInt32Checked(double value) => (uint)NoFloatingPoint();

    private static long ConvertToInt64Checked(double value) => (long)NoFloatingPoint();

    private static ulong ConvertToUInt64Checked(double value) => NoFloatingPoint();

    private static ulong NoFloatingPoint()
    {
        Fault.Raise(FaultReason.NotSupported, "There is no floating point here.");
        return 0;
    }

    /// <summary>MUL: the high half of the product.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RuntimeMultiply")]
    private static extern ulong Multiply(ulong a, ulong b, out ulong low);
}
