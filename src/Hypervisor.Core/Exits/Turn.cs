namespace Lamina.Core;

/// <summary>A vCPU's turn on a CPU: what the loop hands to the guarded part of itself. One per CPU.</summary>
public struct Turn<TBackend>(Cpu cpu, Scheduler scheduler, TBackend backend) where TBackend : struct, IProcessorBackend<TBackend>
{
    internal readonly Cpu Cpu = cpu;
    internal readonly Scheduler Scheduler = scheduler;
    internal readonly TBackend Backend = backend;
    internal VirtualCpu Vcpu = null!;
    internal VmExit Exit;
}
