using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// Where VMs, or parts of them, live: a CPU and its scheduler. Made at boot, one a CPU. What is here is done by that CPU alone, for others by mail: while a part is at home nobody else touches it, and what
/// the supervisor's CPU does with a VM it does while no part of it is at home.
/// </summary>
internal sealed class VmHome(HostCpu cpu, Scheduler scheduler, ulong sharedRoot)
{
    /// <summary>The CPU.</summary>
    public HostCpu Cpu { get; } = cpu;

    /// <summary>Whether it is the supervisor's own.</summary>
    public bool IsFirst => Cpu.Index == 0;

    /// <summary>What chooses which of its VMs runs.</summary>
    public Scheduler Scheduler { get; } = scheduler;

    /// <summary>Has its CPU run its loop from now on. For one that is not the first.</summary>
    public void Start(ProcessorBackend processor, VmSupervisor supervisor) => Cpu.Start(new LoopProgram(processor, Scheduler, supervisor));

    /// <summary>A part of a VM comes home: its vCPUs run, if they did, and what comes for them, and for the VM's devices if it has them, is taken.</summary>
    public void Take(VmPart part)
    {
        var machine = part.Vm.Machine!;
        // Before anything comes for it: that may withdraw some of it again.
        Cpu.ArmAll(part.TakeDue());
        foreach (int index in part.Vcpus)
        {
            var vcpu = machine.Vcpus[index];
            if (!IsFirst) vcpu.State.Adopt(Cpu);
            Scheduler.TryAdd(vcpu);
            vcpu.Inbox.Run(Cpu);
        }
        if (part.HasDevices)
        {
            part.Vm.Listen(true);
            machine.LookAgain();
        }
        part.IsAtHome = true;
    }

    /// <summary>The supervisor wants a part back. If it is its turn, that ends first.</summary>
    public void CallBack(VmPart part)
    {
        if (!part.IsAtHome) return;
        var machine = part.Vm.Machine!;
        if (!Scheduler.IsTurnOf(machine))
        {
            part.Leave(default);
            return;
        }
        machine.CallBack();
        Scheduler.Interrupt();
    }

    /// <summary>
    /// A part leaves, not in its turn: none of its vCPUs runs, nothing of it is due, and nothing of it is in this CPU. None of its devices is asked: one may have faulted. Nothing happens if it left before.
    /// </summary>
    public void Release(VmPart part)
    {
        if (!part.IsAtHome) return;
        part.IsAtHome = false;
        var machine = part.Vm.Machine!;
        foreach (int vcpu in part.Vcpus) Scheduler.Remove(machine.Vcpus[vcpu]);
        if (part.HasDevices) part.Vm.Listen(false);
        part.Keep(Cpu.Deadlines.WithdrawAll(machine));
        if (IsFirst) return;
        foreach (int vcpu in part.Vcpus) machine.Vcpus[vcpu].State.Leave();
        Cpu.LeaveAddressSpace(machine.HostRoot, sharedRoot);
    }
}
