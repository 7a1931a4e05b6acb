namespace Lamina.Core;

/// <summary>
/// Integer arithmetic with the flags that hardware gives it (AMD APM vol. 3, each instruction's "rFLAGS affected").
/// Operands are zero-extended, of 1, 2, 4 or 8 bytes; so are results.
/// </summary>
internal static class Alu
{
    /// <summary>ADD, and ADC with <paramref name="carry"/> 1.</summary>
    public static ulong Add(ulong left, ulong right, ulong carry, int size, ref Rflags flags)
    {
        ulong result = (left + right + carry) & OperandSize.Mask(size);
        SetFlags(result, (left & right) | ((left | right) & ~result), (left ^ result) & (right ^ result), left ^ right ^ result, size, ref flags);
        return result;
    }

    /// <summary>SUB, CMP and NEG (from 0), and SBB with <paramref name="borrow"/> 1.</summary>
    public static ulong Subtract(ulong left, ulong right, ulong borrow, int size, ref Rflags flags)
    {
        ulong result = (left - right - borrow) & OperandSize.Mask(size);
        SetFlags(result, (~left & right) | ((~left | right) & result), (left ^ right) & (left ^ result), left ^ right ^ result, size, ref flags);
        return result;
    }

    /// <summary>INC: CF stays.</summary>
    public static ulong Increment(ulong value, int size, ref Rflags flags)
    {
        var carry = flags & Rflags.Carry;
        ulong result = Add(value, 1, 0, size, ref flags);
        flags = (flags & ~Rflags.Carry) | carry;
        return result;
    }

    /// <summary>DEC: CF stays.</summary>
    public static ulong Decrement(ulong value, int size, ref Rflags flags)
    {
        var carry = flags & Rflags.Carry;
        ulong result = Subtract(value, 1, 0, size, ref flags);
        flags = (flags & ~Rflags.Carry) | carry;
        return result;
    }

    /// <summary>The flags of AND, OR, XOR and TEST: CF and OF are cleared, and AF, which the manuals leave undefined and CPUs clear.</summary>
    public static ulong Logic(ulong result, int size, ref Rflags flags)
    {
        SetFlags(result, 0, 0, 0, size, ref flags);
        return result;
    }

    /// <summary>
    /// <paramref name="carries"/> and <paramref name="overflows"/> have their flag in the operand's sign bit, <paramref name="adjusts"/> in bit 4.
    /// </summary>
    private static void SetFlags(ulong result, ulong carries, ulong overflows, ulong adjusts, int size, ref Rflags flags)
    {
        ulong sign = OperandSize.SignBit(size);
        var next = flags & ~Rflags.Arithmetic;
        if ((carries & sign) != 0) next |= Rflags.Carry;
        if ((overflows & sign) != 0) next |= Rflags.Overflow;
        if ((adjusts & (ulong)Rflags.Adjust) != 0) next |= Rflags.Adjust;
        if ((result & sign) != 0) next |= Rflags.Sign;
        if (result == 0) next |= Rflags.Zero;
        if (IsEvenParity((byte)result)) next |= Rflags.Parity;
        flags = next;
    }

    private static bool IsEvenParity(byte value)
    {
        // Bit n is set when the four bits of n have even parity.
        const int evenNibbles = 0b1001_0110_0110_1001;
        return (evenNibbles >> ((value ^ value >> 4) & 0xF) & 1) != 0;
    }
}
