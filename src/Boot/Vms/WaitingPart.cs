using Lamina.Core;

namespace Lamina.Boot;

/// <summary>What of a VM waits for its turn on a CPU that has too many.</summary>
/// <param name="vm">The VM's number.</param>
/// <param name="since">Since when one of the vCPUs waits, in ticks of the TSC.</param>
/// <param name="allowed">The CPUs on which the VM may run.</param>
internal readonly struct WaitingPart(int vm, ulong since, CpuSet allowed)
{
    /// <summary>The VM's number.</summary>
    public int Vm { get; } = vm;

    /// <summary>Since when one of the vCPUs waits, in ticks of the TSC.</summary>
    public ulong Since { get; } = since;

    /// <summary>The CPUs on which the VM may run; the machine may have others.</summary>
    public CpuSet Allowed { get; } = allowed;
}
