using System;
using System.Runtime.InteropServices;

namespace Lamina.Conformance;

/// <summary>Boxes and nullables of every size.</summary>
internal static class BoxingChecks
{
    private enum Small : byte
    {
        One = 1,
        Two = 2,
    }

    internal static void Run(Platform platform)
    {
        object box = Opaque.Of<object>(123456789012L);
        platform.Line("unboxed", (long)box);
        object odd = Opaque.Of<object>(new Odd { A = 1, B = 2, C = 3 });
        platform.Line("odd size", ((Odd)odd).A + ((Odd)odd).B + ((Odd)odd).C);
        object mixed = Opaque.Of<object>(new Mixed { Text = "t", Number = 7 });
        platform.Line("with reference", ((Mixed)mixed).Text + ((Mixed)mixed).Number.ToString());
        platform.Line("enum", (long)(Small)Opaque.Of<object>(Small.Two));
        platform.Line("equal enums", Opaque.Of<object>(Small.Two).Equals(Small.Two));
        platform.Line("unequal enums", Opaque.Of<object>(Small.Two).Equals(Small.One));
        platform.Line("equal numbers", Opaque.Of<object>(5).Equals(5) && !Opaque.Of<object>(5).Equals(5L));

        platform.Line("nullable byte", Round<byte>(200) + Round<byte>(null));
        platform.Line("nullable int", Round<int>(-5) + Round<int>(null));
        platform.Line("nullable long", Round<long>(long.MinValue) + Round<long>(null));
        platform.Line("nullable bool", Round<bool>(true) + Round<bool>(false) + Round<bool>(null));
        Odd? oddOrNot = Opaque.Of<Odd?>(new Odd { C = 9 });
        object? oddBox = oddOrNot;
        platform.Line("nullable odd", ((Odd?)oddBox)!.Value.C);
        Mixed? mixedOrNot = (Mixed?)Opaque.Of<object>(new Mixed { Number = 70000, Text = "m" });
        platform.Line("nullable mixed", mixedOrNot!.Value.Number);
        platform.Line("GetValueOrDefault", Opaque.Of<int?>(null).GetValueOrDefault(8) + (Opaque.Of<int?>(3) ?? 100));
        platform.Line("lifted", (Opaque.Of<int?>(3) + Opaque.Of<int?>(null)).HasValue);
        platform.Line("lifted compare", Opaque.Of<int?>(3) > Opaque.Of<int?>(2));
    }

    private static string Round<T>(T? value)
        where T : struct
    {
        object? box = Opaque.Of<object?>(value);
        T? back = (T?)box;
        return back.HasValue ? back.Value.ToString() + ";" : "null;";
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private struct Odd
    {
        internal byte A;
        internal ushort B;
        internal uint C;
    }

    private struct Mixed
    {
        internal string Text;
        internal int Number;
    }
}
