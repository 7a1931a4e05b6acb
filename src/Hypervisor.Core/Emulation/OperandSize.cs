namespace Lamina.Core;

/// <summary>Arithmetic on operands of 1, 2, 4 or 8 bytes, held in 64 bits.</summary>
internal static class OperandSize
{
    /// <summary>The bits of an operand of <paramref name="size"/> bytes.</summary>
    public static ulong Mask(int size) => ulong.MaxValue >> (64 - size * 8);

    /// <summary>The sign bit of an operand of <paramref name="size"/> bytes.</summary>
    public static ulong SignBit(int size) => 1UL << (size * 8 - 1);

    /// <summary>The operand's value as a signed number of 64 bits.</summary>
    public static long SignExtend(ulong value, int size) => (long)(value << (64 - size * 8)) >> (64 - size * 8);

    /// <summary>
    /// What a general register holds after its low <paramref name="size"/> bytes were written: 32-bit results clear the upper half, shorter ones leave
    /// the rest alone (AMD APM vol. 1, 3.1.2.3).
    /// </summary>
    public static ulong Merge(ulong register, ulong value, int size) => size switch
    {
        8 => value,
        4 => (uint)value,
        2 => (register & ~(ulong)ushort.MaxValue) | (ushort)value,
        _ => (register & ~(ulong)byte.MaxValue) | (byte)value,
    };
}
