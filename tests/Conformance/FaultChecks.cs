using System;

namespace Lamina.Conformance;

/// <summary>What ends code: each is the same on the host and on the metal.</summary>
internal static unsafe class FaultChecks
{
    private static readonly int[] s_array = [1, 2, 3];

    internal static void Run(Platform platform)
    {
        platform.Line("none", platform.FaultOf(&Nothing));
        platform.Line("index", platform.FaultOf(&IndexTooLarge));
        platform.Line("negative index", platform.FaultOf(&IndexNegative));
        platform.Line("span index", platform.FaultOf(&SpanIndex));
        platform.Line("string index", platform.FaultOf(&StringIndex));
        platform.Line("slice", platform.FaultOf(&Slice));
        platform.Line("copy", platform.FaultOf(&Copy));
        platform.Line("thrown", platform.FaultOf(&Throw));
        platform.Line("negative array", platform.FaultOf(&NegativeArray));
        platform.Line("nullable", platform.FaultOf(&NullableValue));
        platform.Line("division by zero", platform.FaultOf(&DivideByZero));
        // The processor raises one exception for both kinds: that it is an overflow cannot be told.
        platform.Line("division of minimum goes on", platform.FaultOf(&DivideMinimum) == "none");
        platform.Line("long remainder by zero", platform.FaultOf(&RemainderByZero));
        platform.Line("after all", platform.FaultOf(&Nothing));
    }

    private static void Nothing() => Opaque.Of(s_array[2]);

    private static void IndexTooLarge() => Opaque.Of(s_array[Opaque.Of(3)]);

    private static void IndexNegative() => s_array[Opaque.Of(-1)] = 0;

    private static void SpanIndex() => Opaque.Of(s_array.AsSpan(1)[Opaque.Of(2)]);

    private static void StringIndex() => Opaque.Of("abc"[Opaque.Of(3)]);

    private static void Slice() => Opaque.Of(s_array.AsSpan().Slice(2, Opaque.Of(2)).Length);

    private static void Copy() => s_array.AsSpan().CopyTo(new int[2]);

    private static void Throw() => throw new InvalidOperationException("thrown on purpose");

    private static void NegativeArray() => Opaque.Of(new int[Opaque.Of(-1)]);

    private static void NullableValue() => Opaque.Of(Opaque.Of<int?>(null)!.Value);

    private static void DivideByZero() => Opaque.Of(Opaque.Of(5) / Opaque.Of(0));

    private static void DivideMinimum() => Opaque.Of(Opaque.Of(int.MinValue) / Opaque.Of(-1));

    private static void RemainderByZero() => Opaque.Of(Opaque.Of(5UL) % Opaque.Of(0UL));
}
