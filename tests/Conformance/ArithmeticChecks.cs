using System;

namespace Lamina.Conformance;

/// <summary>Integers: wrapping, division and its edges, shifts, wide multiplication.</summary>
internal static class ArithmeticChecks
{
    internal static void Run(Platform platform)
    {
        int[] ints = [0, 1, -1, 7, -7, 255, -256, 65536, int.MaxValue, int.MinValue];
        uint sum = 0;
        foreach (int a in ints)
        {
            foreach (int b in ints)
            {
                sum = unchecked((sum * 31) + (uint)((a + b) ^ (a * b) ^ (a - b)));
                if (b != 0 && !(a == int.MinValue && b == -1))
                    sum = unchecked((sum * 31) + (uint)((a / b) ^ (a % b)));
                sum = unchecked((sum * 31) + (uint)(a << b) + (uint)(a >> b) + (uint)(a >>> b));
            }
        }

        platform.Hex("int operations", sum);

        long[] longs = [0, 1, -1, 10, -10, int.MaxValue, int.MinValue, 0x1_0000_0000, long.MaxValue, long.MinValue];
        ulong total = 0;
        foreach (long a in longs)
        {
            foreach (long b in longs)
            {
                total = unchecked((total * 31) + (ulong)((a + b) ^ (a * b) ^ (a - b)));
                if (b != 0 && !(a == long.MinValue && b == -1))
                    total = unchecked((total * 31) + (ulong)((a / b) ^ (a % b)));
                if (b != 0)
                    total = unchecked((total * 31) + ((ulong)a / (ulong)b) + ((ulong)a % (ulong)b));
                total = unchecked((total * 31) + (ulong)(a << (int)b) + (ulong)(a >> (int)b) + (ulong)(a >>> (int)b));
                total = unchecked((total * 31) + Math.BigMul((ulong)a, (ulong)b, out ulong low) + low);
                total = unchecked((total * 31) + (ulong)Math.BigMul(a, b, out long signedLow) + (ulong)signedLow);
            }
        }

        platform.Hex("long operations", total);
        platform.Line("-7 / 2", Opaque.Of(-7) / 2);
        platform.Line("-7 % 2", Opaque.Of(-7) % 2);
        platform.Line("-7 / -2", Opaque.Of(-7) / Opaque.Of(-2));
        platform.Line("7 % -2", Opaque.Of(7) % Opaque.Of(-2));
        platform.Line("min % 3", Opaque.Of(long.MinValue) % 3);
        platform.Line("Math", Math.Max(Opaque.Of(-3), 2) + Math.Min(Opaque.Of(-3), 2) + Math.Abs(Opaque.Of(-9)) + Math.Clamp(Opaque.Of(99), 0, 10));
        (long quotient, long remainder) = Math.DivRem(Opaque.Of(-17L), 5L);
        platform.Line("DivRem", (quotient * 100) + remainder);
        byte wrapped = unchecked((byte)(Opaque.Of((byte)250) + 10));
        platform.Line("byte wraps", wrapped);
        short negated = unchecked((short)-Opaque.Of(short.MinValue));
        platform.Line("short wraps", negated);
    }
}
