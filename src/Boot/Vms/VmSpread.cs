using System;

namespace Lamina.Boot;

/// <summary>Which VM lives on which CPU: each, in the manifest's order, on the one that has the least to do so far, counted by weights.</summary>
internal static class VmSpread
{
    /// <summary>The CPU's number for each VM, given their weights.</summary>
    public static int[] Over(int cpus, ReadOnlySpan<int> weights)
    {
        var load = new long[cpus];
        var homes = new int[weights.Length];
        for (int vm = 0; vm < homes.Length; vm++)
        {
            int home = 0;
            for (int cpu = 1; cpu < cpus; cpu++)
                if (load[cpu] < load[home]) home = cpu;
            homes[vm] = home;
            load[home] += weights[vm];
        }
        return homes;
    }
}
