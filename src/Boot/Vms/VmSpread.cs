using System;

namespace Lamina.Boot;

/// <summary>
/// Which vCPU lives on which CPU. VMs that have the fewest CPUs to choose from are placed first, equal ones in the manifest's order, so that the others fill up what they leave. Of the CPUs that
/// it is allowed, a vCPU takes one that has the fewest of its own VM, then one that has the least to do so far, counted by weights, then the first.
/// </summary>
internal static class VmSpread
{
    /// <summary>For each VM, the place in <paramref name="cpus"/> of each vCPU's CPU; none for a VM that is allowed none of them. That of vCPU 0 is where the VM is at home.</summary>
    /// <param name="cpus">The numbers of the CPUs that can have VMs.</param>
    /// <param name="vms">What the VMs want, in the manifest's order.</param>
    public static int[][] Over(ReadOnlySpan<int> cpus, ReadOnlySpan<CpuDemand> vms)
    {
        var places = new int[vms.Length][];
        var load = new long[cpus.Length];
        for (int choices = 0; choices <= cpus.Length; choices++)
        {
            for (int vm = 0; vm < vms.Length; vm++)
                if (CountChoices(cpus, vms[vm]) == choices) places[vm] = choices == 0 ? [] : Place(cpus, vms[vm], load);
        }
        return places;
    }

    private static int CountChoices(ReadOnlySpan<int> cpus, in CpuDemand vm)
    {
        int choices = 0;
        foreach (int cpu in cpus)
            if (vm.Allowed.Contains(cpu)) choices++;
        return choices;
    }

    private static int[] Place(ReadOnlySpan<int> cpus, in CpuDemand vm, long[] load)
    {
        var places = new int[vm.Vcpus];
        var own = new int[cpus.Length];
        for (int vcpu = 0; vcpu < places.Length; vcpu++)
        {
            int best = -1;
            for (int place = 0; place < cpus.Length; place++)
            {
                if (!vm.Allowed.Contains(cpus[place])) continue;
                if (best < 0 || own[place] < own[best] || (own[place] == own[best] && load[place] < load[best])) best = place;
            }
            places[vcpu] = best;
            own[best]++;
            load[best] += vm.Weight;
        }
        return places;
    }
}
