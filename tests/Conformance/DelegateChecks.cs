using System;

namespace Lamina.Conformance;

/// <summary>Delegates and function pointers.</summary>
internal static unsafe class DelegateChecks
{
    internal static void Run(Platform platform)
    {
        Func<int, int> twice = Twice;
        platform.Line("static", twice(21));
        var adder = new Adder(5);
        Func<int, int> add = adder.Add;
        platform.Line("instance", add(37));
        int captured = Opaque.Of(3);
        Func<int, int> closure = value => value + captured;
        captured = 10;
        platform.Line("closure", closure(1));
        platform.Line("parameter", Apply(twice, 4) + Apply(closure, 4));
        Func<string> name = Opaque.Of<Rectangle>(new Square(1)).GetName;
        platform.Line("virtual", name());
        delegate*<int, int> pointer = &Twice;
        platform.Line("function pointer", pointer(Opaque.Of(8)));
        Action<int> store = adder.Store;
        store(77);
        platform.Line("action", adder.Add(0));
    }

    private static int Twice(int value) => value * 2;

    private static int Apply(Func<int, int> function, int value) => function(function(value));

    private static string GetName(this Rectangle rectangle) => rectangle.Name;

    private sealed class Adder(int amount)
    {
        private int _amount = amount;

        internal int Add(int value) => value + _amount;

        internal void Store(int value) => _amount = value;
    }
}
