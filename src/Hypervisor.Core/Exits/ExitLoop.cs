namespace Lamina.Core;

/// <summary>
/// What a CPU does for ever: take the next vCPU, enter it, handle its exit. Generic over the backend, so that the way in and out is a direct call;
/// everything it calls is compiled once.
/// </summary>
public static class ExitLoop<TBackend> where TBackend : struct, IProcessorBackend
{
    /// <summary>Runs until the supervisor has nothing more to run. Interrupts are off on entry and on return.</summary>
    public static void Run(Cpu cpu, Scheduler scheduler, VmSupervisor supervisor, TBackend backend)
    {
        VmExit exit = default;
        while (true)
        {
            if (supervisor.HasJob) supervisor.Work();
            if (scheduler.Next(supervisor.HasJob) is not { } vcpu)
            {
                if (supervisor.IsDone) return;
                if (!supervisor.HasJob) cpu.Idle();
                continue;
            }

            var machine = vcpu.Machine;
            if (!machine.IsClockStarted) machine.StartClock();
            vcpu.Msrs.StealTime.Refresh();
            do
            {
                if (vcpu.NeedsAttention && !vcpu.Prepare()) break;
                backend.Enter(vcpu, ref exit);
                machine.Counters[exit.Kind]++;
                ExitDispatcher.Handle(cpu, vcpu, ref exit);
                if (exit.InterruptedEvent.IsValid)
                {
                    vcpu.Redeliver(exit.InterruptedEvent);
                    // A guest can make each delivery exit again, and never come to an instruction at which an interrupt would be noticed.
                    cpu.ServeInterrupts();
                }
            }
            while (vcpu.Activity == VcpuActivity.Running && machine.StopRequest == VmStopReason.None && !scheduler.IsRescheduleDue);

            if (machine.StopRequest != VmStopReason.None) supervisor.HandleStop(machine, exit);
        }
    }
}
