using System.Runtime;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// Where every interrupt and exception of the host arrives. An exception goes to the fix-up table first (an instruction that may fault on a guest's
/// value), else it ends a VM or, where that cannot be, the machine.
/// </summary>
public static unsafe class InterruptDispatcher
{
    private const int Vectors = 256;
    private const int Exceptions = 32;

    private static InterruptHandler?[]? s_handlers;
    private static bool s_handling;

    /// <summary>Sets the handler of a vector. Interrupts are off.</summary>
    public static void SetHandler(byte vector, InterruptHandler handler) =>
        (s_handlers ??= new InterruptHandler?[Vectors])[vector] = handler;

    [RuntimeExport("HostInterruptDispatch")]
    private static void Dispatch(InterruptFrame* frame)
    {
        InterruptHandler? handler = s_handlers?[(int)frame->Vector];
        if (handler != null)
        {
            s_handling = true;
            handler.Handle();
            s_handling = false;
            return;
        }

        // An interrupt that nobody asked for is let go; a level-triggered one would come again, and all of those are masked.
        if (frame->Vector >= Exceptions)
            return;
        if (FixupTable.TryApply(frame) || FaultContainment.TryContain(frame, s_handling))
            return;
        Panic.Stop(frame);
    }
}
