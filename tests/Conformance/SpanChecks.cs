using System;
using System.Runtime.InteropServices;

namespace Lamina.Conformance;

/// <summary>Spans, stackalloc, literals, MemoryMarshal.</summary>
internal static class SpanChecks
{
    private static ReadOnlySpan<byte> Bytes => [1, 2, 3, 250];

    private static ReadOnlySpan<ushort> Shorts => [1, 2, 0xFFFE];

    internal static void Run(Platform platform)
    {
        Span<int> numbers = stackalloc int[10];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = i * i;
        int sum = 0;
        foreach (int number in numbers[2..^1])
            sum += number;
        platform.Line("sum of slice", sum);
        numbers[3..6].Fill(-1);
        numbers.Slice(8).Clear();
        platform.Line("after fill", (numbers[2] * 100) + (numbers[3] * 10) + numbers[6] + numbers[9]);
        platform.Line("literal", Bytes[3] + Bytes.Length);
        platform.Line("literal of ushort", Shorts[2]);
        platform.Line("utf8", "grüß"u8.Length);
        platform.Line("equal", Bytes.SequenceEqual(new byte[] { 1, 2, 3, 250 }));
        platform.Line("not equal", Bytes.SequenceEqual(new byte[] { 1, 2, 3, 251 }));
        platform.Line("starts", Bytes.StartsWith(Bytes[..2]));
        platform.Line("index", Bytes.IndexOf((byte)3));
        platform.Hex("read", MemoryMarshal.Read<uint>(Bytes));
        platform.Hex("cast", MemoryMarshal.Cast<byte, ushort>(Bytes)[1]);
        platform.Line("as bytes", MemoryMarshal.AsBytes(Shorts)[4]);
        int[] array = [1, 2, 3, 4, 5];
        platform.Line("copy fits", array.AsSpan(1, 3).TryCopyTo(numbers));
        platform.Line("copy too long", array.AsSpan().TryCopyTo(numbers[..4]));
        platform.Line("copied", (numbers[0] * 100) + (numbers[1] * 10) + numbers[2]);
        platform.Line("to array", Bytes[1..].ToArray().Length);
        array.AsSpan().Reverse();
        platform.Line("reversed", array[0]);
        platform.Line("range of array", array[1..3].Length);
        platform.Line("empty", Span<int>.Empty.IsEmpty);
    }
}
