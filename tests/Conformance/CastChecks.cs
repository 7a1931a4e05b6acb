using System;

namespace Lamina.Conformance;

/// <summary>is, as and casts: classes, interfaces, variance, arrays.</summary>
internal static unsafe class CastChecks
{
    private static object s_dot = new Dot();

    internal static void Run(Platform platform)
    {
        object[] objects = [new Square(3), new Rectangle(2, 3), new Dot(), "text", 5, 5u, Weekday.Friday, new int[2], new string[1], new Square[1], new object(), new Pair("p"), new Circle(1)];
        foreach (object one in objects)
        {
            int bits = 0;
            bits |= one is Shape ? 1 : 0;
            bits |= one is Rectangle ? 2 : 0;
            bits |= one is Square ? 4 : 0;
            bits |= one is IShape ? 8 : 0;
            bits |= one is INamed ? 16 : 0;
            bits |= one is string ? 32 : 0;
            bits |= one is int ? 64 : 0;
            bits |= one is Array ? 128 : 0;
            bits |= one is object[] ? 256 : 0;
            bits |= one is IShape[] ? 512 : 0;
            bits |= one is Rectangle[] ? 1024 : 0;
            bits |= one is int[] ? 2048 : 0;
            bits |= one is uint[] ? 4096 : 0;
            bits |= one is IPair<object, string> ? 8192 : 0;
            bits |= one is IPair<string, object> ? 16384 : 0;
            bits |= one is IPair<int, object> ? 32768 : 0;
            bits |= one is int? ? 65536 : 0;
            bits |= one is ValueType ? 131072 : 0;
            bits |= one is Enum ? 262144 : 0;
            bits |= one is IEquatable<string> ? 524288 : 0;
            platform.Hex("is", (ulong)bits);
        }

        platform.Line("null is", Opaque.Of<object?>(null) is Shape);
        platform.Line("as", (Opaque.Of<object>("x") as Shape) == null);
        platform.Line("cast of null", platform.FaultOf(&CastNull));
        platform.Line("cast that fits", platform.FaultOf(&CastFits));
        platform.Line("bad cast to class", platform.FaultOf(&BadCastToClass));
        platform.Line("bad cast to interface", platform.FaultOf(&BadCastToInterface));
        platform.Line("bad cast to array", platform.FaultOf(&BadCastToArray));
        platform.Line("bad unboxing", platform.FaultOf(&BadUnboxing));
        platform.Line("enum unboxes as int", (int)Opaque.Of<object>(Weekday.Friday));
        platform.Line("store into array", platform.FaultOf(&StoreFits));
        platform.Line("bad store into array", platform.FaultOf(&BadStore));
        platform.Line("bad reference to element", platform.FaultOf(&BadElementReference));
    }

    private static void CastNull() => Opaque.Of((Shape?)Opaque.Of<object?>(null));

    private static void CastFits() => Opaque.Of((IShape)Opaque.Of(s_dot));

    private static void BadCastToClass() => Opaque.Of((Rectangle)Opaque.Of(s_dot));

    private static void BadCastToInterface() => Opaque.Of((INamed)Opaque.Of(s_dot));

    private static void BadCastToArray() => Opaque.Of((string[])Opaque.Of<object>(new object[1]));

    private static void BadUnboxing() => Opaque.Of((long)Opaque.Of<object>(5));

    private static void StoreFits() => Opaque.Of<object[]>(new Shape[2])[1] = s_dot;

    private static void BadStore() => Opaque.Of<object[]>(new Rectangle[2])[1] = s_dot;

    private static void BadElementReference()
    {
        ref object element = ref Opaque.Of<object[]>(new Rectangle[2])[1];
        element = s_dot;
    }
}
