namespace Lamina.Conformance;

/// <summary>Statics: primitive tables, references, lazy constructors and their order, generic statics.</summary>
internal static class StaticChecks
{
    private static readonly int[] s_primes = [2, 3, 5, 7, 11];
    private static readonly string[] s_words = ["zero", "one", "two"];
    private static readonly Shape s_shape = new Square(6);
    private static readonly ulong[] s_computed = Squares();
    private static string s_trace = "";
    private static int s_counter = 40;

    internal static void Run(Platform platform)
    {
        platform.Line("primitive table", s_primes[4] + s_primes[0]);
        platform.Line("table of references", s_words[2]);
        platform.Line("static object", s_shape.Area);
        platform.Line("computed table", (long)s_computed[9]);
        s_counter += 2;
        platform.Line("static field", s_counter);

        // Explicit static constructors run at the first use, once, the needed one within the needing one.
        platform.Line("before", s_trace);
        int value = First.Value;
        platform.Line("first", value);
        platform.Line("after first", s_trace);
        value = First.Value + Second.Value;
        platform.Line("again", value);
        platform.Line("after again", s_trace);
        platform.Line("circular", Chicken.Value + (Egg.Value * 100));

        platform.Line("generic statics", (PerType<int>.Next() * 100) + (PerType<int>.Next() * 10) + PerType<string>.Next());
        platform.Line("generic static object", PerType<string>.Holder.Length + PerType<long>.Holder.Length);
    }

    private static ulong[] Squares()
    {
        var squares = new ulong[10];
        for (uint i = 0; i < squares.Length; i++)
            squares[i] = i * i;
        return squares;
    }

    private static int Trace(string name, int value)
    {
        s_trace = string.Concat(s_trace, name);
        return value;
    }

    private static class First
    {
        internal static readonly int Value;

        static First()
        {
            Trace("(first ", 0);
            Value = Second.Value + 1;
            Trace(")", 0);
        }
    }

    private static class Second
    {
        internal static readonly int Value;

        static Second() => Value = Trace("second", 10);
    }

    private static class Chicken
    {
        internal static readonly int Value;

        static Chicken() => Value = Egg.Value + Trace("c", 1);
    }

    private static class Egg
    {
        internal static readonly int Value;

        // The chicken is being made: its value is still 0.
        static Egg() => Value = Chicken.Value + Trace("e", 5);
    }

    private static class PerType<T>
    {
        internal static readonly string[] Holder = new string[3];
        private static int s_next;

        internal static int Next() => ++s_next;
    }
}
