using System;
using System.Runtime.CompilerServices;

namespace Lamina.Conformance;

/// <summary>Generics over structs and references, static abstract members.</summary>
internal static class GenericChecks
{
    private interface IOperation
    {
        static abstract int Apply(int a, int b);

        int Bias { get; }
    }

    internal static void Run(Platform platform)
    {
        platform.Line("static abstract", Fold<Add>([1, 2, 3]) + (Fold<Multiply>([4, 5, 6]) * 1000));
        platform.Line("instance of struct", Fold(new Add(7)));
        platform.Line("sizes", (Unsafe.SizeOf<Box<byte>>() * 1000) + (Unsafe.SizeOf<Box<long>>() * 10) + Unsafe.SizeOf<Box<object>>());
        var text = new Box<string> { Value = "x", Count = 3 };
        var number = new Box<int> { Value = 5, Count = 4 };
        platform.Line("boxes", text.Describe() + number.Describe());
        platform.Line("largest int", Largest([3, 9, -2]));
        platform.Line("largest string", Largest(["pear", "plum", "apple"]));
        platform.Line("default", Opaque.Of(default(Box<string>).Value == null));
        platform.Line("class instance", new Holder<Circle>(new Circle(2)).Area() + new Holder<Shape>(new Dot()).Area());
        (int first, string second) = Swap("s", 8);
        platform.Line("tuple", second + first.ToString());
    }

    private static int Fold<TOperation>(ReadOnlySpan<int> values)
        where TOperation : struct, IOperation
    {
        int result = values[0];
        foreach (int value in values[1..])
            result = TOperation.Apply(result, value);
        return result;
    }

    private static int Fold<TOperation>(TOperation operation)
        where TOperation : struct, IOperation => operation.Bias;

    private static T Largest<T>(T[] values)
        where T : IComparable<T>
    {
        T largest = values[0];
        foreach (T value in values)
        {
            if (value.CompareTo(largest) > 0)
                largest = value;
        }

        return largest;
    }

    private static (TSecond First, TFirst Second) Swap<TFirst, TSecond>(TFirst first, TSecond second) => (second, first);

    private readonly struct Add(int bias) : IOperation
    {
        public int Bias => bias;

        public static int Apply(int a, int b) => a + b;
    }

    private readonly struct Multiply : IOperation
    {
        public int Bias => 0;

        public static int Apply(int a, int b) => a * b;
    }

    private struct Box<T>
    {
        internal T Value;
        internal int Count;

        internal readonly string Describe() => Count.ToString() + (Value is string ? "s" : "v");
    }

    private sealed class Holder<T>(T value)
        where T : IShape
    {
        private readonly T _value = value;

        internal int Area() => _value.Area;
    }
}
