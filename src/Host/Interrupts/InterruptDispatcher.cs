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

    /// <summary>Sets the handler of a vector. Interrupts are off.</summary>
    public static void SetHandler(byte vector, InterruptHandler handler) =>
        (s_handlers ??= new InterruptHandler?[Vectors])[vector] = handler;

    [RuntimeExport("HostInterruptDispatch")]
    private static void Dispatch(InterruptFrame* frame)
    {
        if (frame->Vector >= Exceptions)
            HandleInterrupt((int)frame->Vector);
        // Before it is asked which CPU this is: in Bochs 2.7 a guest's single step can come while GS is the guest's.
        else if (!FixupTable.TryApply(frame))
            HandleFault(frame, HostCpu.Current);
    }

    private static void HandleInterrupt(int vector)
    {
        // Interrupts are on since there are CPUs.
        HostCpu cpu = HostCpu.Current!;
        // One that nobody asked for, which firmware had left on its way, is let go; a level-triggered one would come again, and all of those are masked.
        if (s_handlers?[vector] is not { } handler)
        {
            cpu.Apic.EndStray((byte)vector);
            return;
        }
        cpu.IsInInterrupt = true;
        handler.Handle();
        cpu.IsInInterrupt = false;
    }

    private static void HandleFault(InterruptFrame* frame, HostCpu? cpu)
    {
        if ((ExceptionVector)frame->Vector == ExceptionVector.NonMaskableInterrupt && Panic.IsOfAnother(cpu))
            Panic.StopForAnother();
        if (cpu?.Containment?.TryContain(frame) != true)
            Panic.Stop(frame, cpu);
    }
}
