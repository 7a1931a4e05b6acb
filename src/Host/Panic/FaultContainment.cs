using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// A fault of our own code while it works for one VM ends that VM alone: it is reported in the log, and the CPU goes on where the guarded work was begun, with
/// nothing in between unwound. Where that cannot be done the panic follows: see <see cref="Allows"/>.
/// </summary>
public static unsafe class FaultContainment
{
    // RFLAGS to go on with: only the bit that is always 1, so interrupts are off, as they are while guarded work is called.
    private const ulong PlainFlags = 1 << 1;

    private static Cpu? s_cpu;
    private static Log? s_log;
    private static FaultReport? s_report;
    private static LogReport? s_writer;
    private static bool s_containing;

    /// <summary>Faults on this CPU are contained from now on, where they can be.</summary>
    public static void Prepare(Cpu cpu, Log log, FaultReport report)
    {
        s_report = report;
        s_log = log;
        s_writer = new LogReport(log);
        s_cpu = cpu;
    }

    /// <summary>Ends the VM that a fault is to be laid to, and lets the frame go on behind its work. False when the machine has to stop.</summary>
    /// <param name="frame">The exception.</param>
    /// <param name="inInterrupt">Whether it was met by the handler of a physical interrupt, which no VM can be blamed for.</param>
    public static bool TryContain(InterruptFrame* frame, bool inInterrupt)
    {
        // A fault of what follows comes here again.
        if (s_cpu is not { } cpu || inInterrupt || s_containing || !Allows(cpu, frame))
            return false;
        var owner = cpu.Deadlines.Expiring is { } due ? due.Owner : cpu.Guard.Served;
        if (owner == null)
            return false;

        s_containing = true;
        s_log!.Error(owner.Name).Text(": the hypervisor's own code failed while it worked for this VM").End();
        s_report!.Write(s_writer!, "fault: ", frame);
        cpu.Guard.Catch(owner);
        ref RecoveryPoint recovery = ref cpu.Guard.Recovery;
        frame->Rip = recovery.Instruction;
        frame->Rsp = recovery.StackPointer;
        frame->Rflags = PlainFlags;
        s_containing = false;
        return true;
    }

    /// <summary>
    /// Whether guarded work is under way, it was not just changing what VMs share, the CPU is wholly the host's, and the exception is one that code causes. A
    /// stack that has overflowed is one: it comes as #DF, which need not say where it was, and nobody goes back there.
    /// </summary>
    private static bool Allows(Cpu cpu, InterruptFrame* frame) =>
        !Panic.IsDue
        && cpu.Guard.CanRecover
        && !cpu.Deadlines.IsChanging
        && !FatalCode.Contains(frame->Rip)
        && (ExceptionVector)frame->Vector switch
        {
            ExceptionVector.NonMaskableInterrupt or ExceptionVector.MachineCheck or ExceptionVector.Debug => false,
            ExceptionVector.DoubleFault => s_report!.IsStackOverflow(frame),
            _ => true,
        };
}
