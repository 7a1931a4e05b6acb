using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// A fault of our own code while it works for one VM ends that VM alone: it is reported in the log, and the CPU goes on where the guarded work was begun, with
/// nothing in between unwound. Where that cannot be done the panic follows: see <see cref="Allows"/>. One a CPU, of which it is part.
/// </summary>
public sealed unsafe class FaultContainment(HostCpu cpu, HypervisorMemory memory, ReportWriter writer)
{
    // RFLAGS to go on with: only the bit that is always 1, so interrupts are off, as they are while guarded work is called.
    private const ulong PlainFlags = 1 << 1;

    private bool _isContaining;

    /// <summary>Ends the VM that a fault is to be laid to, and lets the frame go on behind its work. False when the machine has to stop.</summary>
    /// <param name="frame">The exception.</param>
    public bool TryContain(InterruptFrame* frame)
    {
        // A fault of what follows comes here again. No VM can be blamed for one in the handler of a physical interrupt.
        if (cpu.IsInInterrupt || _isContaining || !Allows(frame))
            return false;
        var owner = cpu.Deadlines.Expiring is { } due ? due.Owner : cpu.Guard.Served;
        if (owner == null)
            return false;

        _isContaining = true;
        writer.Text(owner.Name).Text(": the hypervisor's own code failed while it worked for this VM").EndLine();
        cpu.Report.Write(writer, "fault: ", frame);
        cpu.Guard.Catch(owner);
        ref RecoveryPoint recovery = ref cpu.Guard.Recovery;
        frame->Rip = recovery.Instruction;
        frame->Rsp = recovery.StackPointer;
        frame->Rflags = PlainFlags;
        _isContaining = false;
        return true;
    }

    /// <summary>
    /// Whether guarded work is under way, it was not just changing what VMs share, the CPU is wholly the host's, and the exception is one that code causes. A
    /// stack that has overflowed is one: it comes as #DF, which need not say where it was, and nobody goes back there.
    /// </summary>
    private bool Allows(InterruptFrame* frame) =>
        !Panic.IsDue
        && cpu.Guard.CanRecover
        && !cpu.Deadlines.IsChanging
        && !memory.IsChanging
        && !FatalCode.Contains(frame->Rip)
        && (ExceptionVector)frame->Vector switch
        {
            ExceptionVector.NonMaskableInterrupt or ExceptionVector.MachineCheck or ExceptionVector.Debug => false,
            ExceptionVector.DoubleFault => cpu.Report.IsStackOverflow(frame),
            _ => true,
        };
}
