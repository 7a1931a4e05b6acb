using System.Diagnostics.CodeAnalysis;
using System.Runtime;
using System.Runtime.CompilerServices;

namespace Internal.Runtime;

/// <summary>
/// The end of the way for code that cannot go on. Nothing is unwound: the sink that Boot has set is told why, and does not return;
/// before one is set, the CPU stops.
/// </summary>
internal static unsafe class Fault
{
    private static delegate*<FaultReason, string?, void> s_sink;

    /// <summary>Sets who is told. It gets the reason and, for a thrown exception, its message, and must not return.</summary>
    [RuntimeExport("FaultSetSink")]
    internal static void SetSink(delegate*<FaultReason, string?, void> sink) => s_sink = sink;

    /// <summary>Ends what this CPU was doing.</summary>
    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    internal static void Raise(FaultReason reason, string? message = null)
    {
        if (s_sink != null)
        {
            s_sink(reason, message);
        }

        Halt();
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "RuntimeHalt")]
    private static extern void Halt();
}
