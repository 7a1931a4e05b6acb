namespace Lamina.Core;

/// <summary>
/// What a CPU does for ever: take the next vCPU, enter it, handle its exit. Generic over the backend, so that the way in and out is a direct call;
/// everything it calls is compiled once.
/// </summary>
public static class ExitLoop<TBackend> where TBackend : struct, IProcessorBackend<TBackend>
{
    /// <summary>Runs until the supervisor has nothing more to run. Interrupts are off on entry and on return.</summary>
    public static void Run(Cpu cpu, Scheduler scheduler, VmSupervisor supervisor, TBackend backend)
    {
        var turn = new Turn<TBackend>(cpu, scheduler, backend);
        while (true)
        {
            if (supervisor.HasJob(cpu))
            {
                // It is done for another VM as a rule, and is no part of the turn before it.
                scheduler.EndTurn();
                if (!cpu.WorkGuarded(supervisor)) Recover(cpu, supervisor);
            }
            if (scheduler.Next(supervisor.HasJob(cpu)) is not { } vcpu)
            {
                if (supervisor.IsDone(cpu)) return;
                if (supervisor.HasJob(cpu)) cpu.LookAround();
                else cpu.Idle();
                if (cpu.Guard.TakeFaulted() is { } idle) supervisor.HandleStop(cpu, idle, default);
                continue;
            }

            var machine = vcpu.Machine;
            turn.Vcpu = vcpu;
            cpu.Guard.Served = machine;
            bool faulted = backend.RunGuarded(ref turn, ref cpu.Guard.Recovery);
            cpu.Guard.Served = null;
            if (faulted) Recover(cpu, ref turn, supervisor);
            if (machine.StopRequest != VmStopReason.None) supervisor.HandleStop(cpu, machine, turn.Exit);
        }
    }

    /// <summary>The turn itself, up to when the vCPU halts, stops, or has to give the CPU back. Called by the backend's guard alone.</summary>
    public static void RunTurn(ref Turn<TBackend> turn)
    {
        var cpu = turn.Cpu;
        var scheduler = turn.Scheduler;
        var vcpu = turn.Vcpu;
        var backend = turn.Backend;
        ref var exit = ref turn.Exit;
        // The one before was another VM's, or long ago; and a turn that faulted has left its event.
        exit = default;
        var machine = vcpu.Machine;
        if (vcpu.Index == 0)
        {
            if (!machine.IsClockStarted) machine.StartClock();
            machine.BeginTurn();
        }
        vcpu.Msrs.StealTime.Refresh();
        if (machine.StopRequest != VmStopReason.None || (vcpu.Activity == VcpuActivity.WaitingForDevice && !Resume(cpu, vcpu, ref exit))) return;
        do
        {
            if (vcpu.NeedsAttention && !vcpu.Prepare())
            {
                // It is not entered, so no exit takes what is pending for others: a halted VM can have work for many turns.
                cpu.ServeInterrupts();
                break;
            }
            backend.Enter(vcpu, ref exit);
            exit.Recent = exit.Recent << VmExit.BitsOfKind | (byte)exit.Kind;
            vcpu.Counters[exit.Kind]++;
            ExitDispatcher.Handle(cpu, vcpu, ref exit);
            if (exit.InterruptedEvent.IsValid)
            {
                vcpu.Redeliver(exit.InterruptedEvent);
                exit.InterruptedEvent = default;
                // A guest can make each delivery exit again, and never come to an instruction at which an interrupt would be noticed.
                cpu.ServeInterrupts();
            }
        }
        while (vcpu.Activity == VcpuActivity.Running && machine.StopRequest == VmStopReason.None && !scheduler.IsRescheduleDue);
    }

    /// <summary>A device has answered: the exit that waited for it is handled once more. False when the vCPU cannot run on all the same.</summary>
    private static bool Resume(Cpu cpu, VirtualCpu vcpu, ref VmExit exit)
    {
        exit = vcpu.WaitingExit;
        vcpu.Activity = VcpuActivity.Running;
        vcpu.Requests.Resume();
        ExitDispatcher.Handle(cpu, vcpu, ref exit);
        if (vcpu.Activity == VcpuActivity.WaitingForDevice) return false;
        vcpu.Requests.Forget();
        return vcpu.Activity == VcpuActivity.Running && vcpu.Machine.StopRequest == VmStopReason.None;
    }

    /// <summary>A fault of our own ended a VM outside of any turn.</summary>
    private static void Recover(Cpu cpu, VmSupervisor supervisor)
    {
        cpu.Guard.Served = null;
        cpu.Recover();
        supervisor.HandleStop(cpu, cpu.Guard.TakeFaulted()!, default);
    }

    /// <summary>A fault of our own ended one VM, in the turn of this one or of another whose deadline was due in it.</summary>
    private static void Recover(Cpu cpu, ref Turn<TBackend> turn, VmSupervisor supervisor)
    {
        cpu.Recover();
        var faulted = cpu.Guard.TakeFaulted()!;
        if (faulted == turn.Vcpu.Machine)
        {
            supervisor.HandleStop(cpu, faulted, turn.Exit);
            return;
        }
        // This VM did nothing wrong, and loses nothing: the deadlines of others are called when the exit itself has been handled, but for this.
        if (turn.Exit.InterruptedEvent.IsValid) turn.Vcpu.Redeliver(turn.Exit.InterruptedEvent);
        supervisor.HandleStop(cpu, faulted, default);
    }
}
