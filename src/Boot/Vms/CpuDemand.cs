using Lamina.Core;

namespace Lamina.Boot;

/// <summary>What a VM wants of the machine's CPUs.</summary>
/// <param name="vcpus">How many vCPUs it has, at least one.</param>
/// <param name="weight">The weight of each of them.</param>
/// <param name="allowed">The CPUs on which they may run.</param>
internal readonly struct CpuDemand(int vcpus, int weight, CpuSet allowed)
{
    /// <summary>What a VM of the manifest wants.</summary>
    public CpuDemand(in VmDescription vm)
        : this(vm.VcpuCount, vm.Weight, vm.AllowedCpus)
    {
    }

    /// <summary>How many vCPUs it has.</summary>
    public int Vcpus { get; } = vcpus;

    /// <summary>The weight of each of them.</summary>
    public int Weight { get; } = weight;

    /// <summary>The CPUs on which they may run; the machine may have others.</summary>
    public CpuSet Allowed { get; } = allowed;
}
