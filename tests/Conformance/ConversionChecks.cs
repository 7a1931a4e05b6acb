namespace Lamina.Conformance;

/// <summary>Conversions between integers, checked ones too.</summary>
internal static unsafe class ConversionChecks
{
    internal static void Run(Platform platform)
    {
        long[] values = [0, 127, 128, 255, 256, -1, -128, -129, 65535, 65536, int.MaxValue, (long)int.MaxValue + 1, uint.MaxValue, long.MaxValue, long.MinValue];
        ulong hash = 0;
        foreach (long value in values)
        {
            hash = unchecked((hash * 31) + (byte)value + (ulong)(sbyte)value + (ushort)value + (ulong)(short)value);
            hash = unchecked((hash * 31) + (uint)value + (ulong)(int)value + (ulong)value + (nuint)value + (char)value);
        }

        platform.Hex("unchecked conversions", hash);
        platform.Line("checked byte of 255", checked((byte)Opaque.Of(255)));
        platform.Line("checked byte of 256", platform.FaultOf(&ByteOf256));
        platform.Line("checked uint of -1", platform.FaultOf(&UnsignedOfNegative));
        platform.Line("checked int of 2^31", platform.FaultOf(&IntOfLarge));
        platform.Line("checked long of 2^63", platform.FaultOf(&LongOfLarge));
        platform.Line("checked sbyte of -129", platform.FaultOf(&SignedByteOfSmall));
        platform.Line("checked add", platform.FaultOf(&AddOverflows));
        platform.Line("checked subtract", platform.FaultOf(&SubtractOverflows));
        platform.Line("checked multiply", platform.FaultOf(&MultiplyOverflows));
        platform.Line("checked multiply of ulong", platform.FaultOf(&UnsignedMultiplyOverflows));
        platform.Line("checked negate", platform.FaultOf(&NegateOverflows));
        platform.Line("checked add that fits", platform.FaultOf(&AddFits));
    }

    private static void ByteOf256() => Opaque.Of(checked((byte)Opaque.Of(256)));

    private static void UnsignedOfNegative() => Opaque.Of(checked((uint)Opaque.Of(-1)));

    private static void IntOfLarge() => Opaque.Of(checked((int)Opaque.Of(1L << 31)));

    private static void LongOfLarge() => Opaque.Of(checked((long)Opaque.Of(1UL << 63)));

    private static void SignedByteOfSmall() => Opaque.Of(checked((sbyte)Opaque.Of(-129)));

    private static void AddOverflows() => Opaque.Of(checked(Opaque.Of(int.MaxValue) + Opaque.Of(1)));

    private static void SubtractOverflows() => Opaque.Of(checked(Opaque.Of(0u) - Opaque.Of(1u)));

    private static void MultiplyOverflows() => Opaque.Of(checked(Opaque.Of(1L << 40) * Opaque.Of(1L << 40)));

    private static void UnsignedMultiplyOverflows() => Opaque.Of(checked(Opaque.Of(1UL << 40) * Opaque.Of(1UL << 40)));

    private static void NegateOverflows() => Opaque.Of(checked(-Opaque.Of(int.MinValue)));

    private static void AddFits() => Opaque.Of(checked(Opaque.Of(int.MaxValue - 1) + Opaque.Of(1)));
}
