using System;

namespace Lamina.Conformance;

/// <summary>Switches, loops, try/finally, using, big structs.</summary>
internal static class ControlFlowChecks
{
    private static string s_trace = "";

    internal static void Run(Platform platform)
    {
        for (int i = -1; i < 9; i++)
            platform.Line("switch", Dense(i) + (Sparse(i * 1000) * 100));
        platform.Line("finally", Finally(3) + Finally(0));
        platform.Line("trace", s_trace);
        using (new Scope())
            s_trace += "in ";
        platform.Line("using", s_trace);
        Big big = default;
        big.Set(5, 50);
        Big copy = Opaque.Of(big);
        big.Set(5, 60);
        platform.Line("big struct", copy.Get(5) + big.Get(5));
        platform.Line("pattern", Classify(new Square(2)) + Classify("text") + Classify(7) + Classify(null));
        int depth = Recurse(1000);
        platform.Line("recursion", depth);
    }

    private static int Dense(int value) => value switch
    {
        0 => 10,
        1 => 21,
        2 => 32,
        3 => 43,
        4 => 54,
        5 => 65,
        _ => -1,
    };

    private static int Sparse(int value) => value switch
    {
        0 => 1,
        3000 => 2,
        7000 => 3,
        _ => 4,
    };

    private static int Finally(int value)
    {
        try
        {
            if (value == 0)
                return 1;
            s_trace += "body ";
        }
        finally
        {
            s_trace += "finally ";
        }

        return value;
    }

    private static string Classify(object? value) => value switch
    {
        null => "null",
        Rectangle { Area: > 3 } rectangle => rectangle.Name,
        string { Length: 4 } => "four",
        int and > 5 => "large",
        _ => "other",
    };

    private static int Recurse(int depth) => depth == 0 ? 0 : 1 + Opaque.Of(Recurse(depth - 1));

    private unsafe struct Big
    {
        private fixed long _values[40];

        internal void Set(int index, long value) => _values[index] = value;

        internal readonly long Get(int index) => _values[index];
    }

    private sealed class Scope : IDisposable
    {
        public void Dispose() => s_trace += "disposed ";
    }
}
