using System.Runtime;
using System.Runtime.CompilerServices;

namespace System.Numerics;

/// <summary>The compiler turns counts of leading and trailing zeros into instructions; the bodies serve the baseline CPU.</summary>
public static class BitOperations
{
    public static bool IsPow2(int value) => (value & (value - 1)) == 0 && value > 0;

    public static bool IsPow2(uint value) => (value & (value - 1)) == 0 && value != 0;

    public static bool IsPow2(long value) => (value & (value - 1)) == 0 && value > 0;

    public static bool IsPow2(ulong value) => (value & (value - 1)) == 0 && value != 0;

    public static bool IsPow2(nuint value) => (value & (value - 1)) == 0 && value != 0;

    public static uint RoundUpToPowerOf2(uint value) => value == 0 ? 0 : (uint)(0x1_0000_0000ul >> LeadingZeroCount(value - 1));

    public static ulong RoundUpToPowerOf2(ulong value)
    {
        int shift = 64 - LeadingZeroCount(value - 1);
        return value == 0 || shift == 64 ? 0 : 1ul << shift;
    }

    public static int Log2(uint value) => 31 - LeadingZeroCount(value | 1);

    public static int Log2(ulong value) => 63 - LeadingZeroCount(value | 1);

    public static int Log2(nuint value) => Log2((ulong)value);

    public static int LeadingZeroCount(uint value) => LeadingZeroCount((ulong)value) - 32;

    public static int LeadingZeroCount(ulong value) => value == 0 ? 64 : 63 - HighestSetBit(value);

    public static int LeadingZeroCount(nuint value) => LeadingZeroCount((ulong)value);

    public static int TrailingZeroCount(int value) => TrailingZeroCount((uint)value);

    public static int TrailingZeroCount(uint value) => value == 0 ? 32 : LowestSetBit(value);

    public static int TrailingZeroCount(long value) => TrailingZeroCount((ulong)value);

    public static int TrailingZeroCount(ulong value) => value == 0 ? 64 : LowestSetBit(value);

    public static int TrailingZeroCount(nint value) => TrailingZeroCount((ulong)value);

    public static int TrailingZeroCount(nuint value) => TrailingZeroCount((ulong)value);

    public static int PopCount(uint value) => PopCount((ulong)value);

    public static int PopCount(ulong value)
    {
        // Sums of 2, 4 and 8 bits side by side; the multiplication adds the bytes up in the highest.
        value -= (value >> 1) & 0x5555_5555_5555_5555;
        value = (value & 0x3333_3333_3333_3333) + ((value >> 2) & 0x3333_3333_3333_3333);
        value = (value + (value >> 4)) & 0x0F0F_0F0F_0F0F_0F0F;
        return (int)(unchecked(value * 0x0101_0101_0101_0101) >> 56);
    }

    public static int PopCount(nuint value) => PopCount((ulong)value);

    public static uint RotateLeft(uint value, int offset) => (value << offset) | (value >> (32 - offset));

    public static ulong RotateLeft(ulong value, int offset) => (value << offset) | (value >> (64 - offset));

    public static uint RotateRight(uint value, int offset) => (value >> offset) | (value << (32 - offset));

    public static ulong RotateRight(ulong value, int offset) => (value >> offset) | (value << (64 - offset));

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RuntimeHighestSetBit")]
    private static extern int HighestSetBit(ulong value);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RuntimeLowestSetBit")]
    private static extern int LowestSetBit(ulong value);
}
