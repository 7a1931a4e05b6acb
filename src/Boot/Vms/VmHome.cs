using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// Where a VM lives: a CPU and its scheduler. Made at boot, one a CPU. What is here is done by that CPU alone, for others by mail: while a VM is at home nobody else touches it, and what the
/// supervisor's CPU does with one it does while it is away.
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

    /// <summary>The VM comes home: its vCPUs run, and what comes for it is taken.</summary>
    public void Take(ServiceVm vm)
    {
        foreach (var vcpu in vm.Machine!.Vcpus)
        {
            if (!IsFirst) vcpu.State.Adopt(Cpu);
            Scheduler.TryAdd(vcpu);
        }
        vm.Listen(true);
        vm.IsAtHome = true;
    }

    /// <summary>The supervisor wants the VM back. If it is its turn, that ends first.</summary>
    public void CallBack(ServiceVm vm)
    {
        if (!vm.IsAtHome) return;
        var machine = vm.Machine!;
        if (!Scheduler.IsTurnOf(machine))
        {
            vm.Leave(default);
            return;
        }
        machine.RequestStop(VmStopReason.CalledBack);
        Scheduler.Interrupt();
    }

    /// <summary>
    /// The VM leaves, not in its turn: none of its vCPUs runs, nothing of it is due, and nothing of it is in this CPU. None of its devices is asked: one may have faulted. Nothing happens if it left before.
    /// </summary>
    public void Release(ServiceVm vm)
    {
        if (!vm.IsAtHome) return;
        vm.IsAtHome = false;
        var machine = vm.Machine!;
        foreach (var vcpu in machine.Vcpus)
        {
            vcpu.Activity = VcpuActivity.Stopped;
            Scheduler.Remove(vcpu);
        }
        Cpu.Deadlines.WithdrawAll(machine);
        vm.Listen(false);
        if (IsFirst) return;
        foreach (var vcpu in machine.Vcpus) vcpu.State.Leave();
        Cpu.LeaveAddressSpace(machine.HostRoot, sharedRoot);
    }
}
