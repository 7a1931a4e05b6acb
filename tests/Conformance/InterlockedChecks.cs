using System.Threading;

namespace Lamina.Conformance;

/// <summary>Atomic operations: what they return and what they leave.</summary>
internal static class InterlockedChecks
{
    private static object? s_reference = "old";

    internal static void Run(Platform platform)
    {
        int number = Opaque.Of(5);
        platform.Line("increment", (Interlocked.Increment(ref number) * 100) + number);
        platform.Line("decrement", (Interlocked.Decrement(ref number) * 100) + number);
        platform.Line("add", (Interlocked.Add(ref number, -7) * 100) + number);
        platform.Line("exchange", (Interlocked.Exchange(ref number, 9) * 100) + number);
        platform.Line("compare that fits", (Interlocked.CompareExchange(ref number, 3, 9) * 100) + number);
        platform.Line("compare that does not", (Interlocked.CompareExchange(ref number, 4, 9) * 100) + number);
        ulong wide = Opaque.Of(0xF0UL);
        platform.Line("or", (long)((Interlocked.Or(ref wide, 0x0F) * 1000) + wide));
        platform.Line("and", (long)((Interlocked.And(ref wide, 0x3C) * 1000) + wide));
        platform.Line("wide add", (long)Interlocked.Add(ref wide, 1UL << 40));
        platform.Line("wide read", (long)Interlocked.Read(ref wide));
        platform.Line("reference", (string)Interlocked.Exchange(ref s_reference, "new")!);
        platform.Line("reference compare", (string)Interlocked.CompareExchange(ref s_reference, "newer", s_reference)!);
        platform.Line("reference after", (string)Volatile.Read(ref s_reference)!);
        Volatile.Write(ref number, 12);
        platform.Line("volatile", Volatile.Read(ref number));
        Interlocked.MemoryBarrier();
    }
}
