using System;
using Lamina.Core;

namespace Lamina.Boot;

/// <summary>
/// Which VM goes to an idle CPU, and how often any does: one of all VMs in a tenth of a second, each once a second, so that none is moved to and fro. It touches no VM and no clock. Nothing in it allocates after it is
/// made. All times are ticks of the TSC.
/// </summary>
/// <param name="vms">How many VMs there are.</param>
/// <param name="frequency">The TSC's, in Hz.</param>
internal sealed class MoveRules(int vms, ulong frequency)
{
    private const ulong MovesPerSecond = 10;

    // 0 for one that was never moved.
    private readonly ulong[] _movedAt = new ulong[vms];
    private ulong _last;

    /// <summary>Whether a VM that may be on <paramref name="cpu"/> may be on another of <paramref name="cpus"/> too. Where none may, nothing ever moves from there, or to there.</summary>
    /// <param name="cpu">One of them.</param>
    /// <param name="cpus">Those on which VMs can live.</param>
    /// <param name="allowed">On which each VM may.</param>
    public static bool CanMoveFrom(int cpu, ReadOnlySpan<int> cpus, ReadOnlySpan<CpuSet> allowed)
    {
        foreach (var vm in allowed)
        {
            if (!vm.Contains(cpu)) continue;
            foreach (int other in cpus)
                if (other != cpu && vm.Contains(other)) return true;
        }
        return false;
    }

    /// <summary>Whether any may be moved.</summary>
    public bool IsTime(ulong now) => HasPassed(_last, now, frequency / MovesPerSecond);

    /// <summary>The place in <paramref name="parts"/> of the one that goes to a CPU that is idle: of those that may, it waits longest. -1 when none may.</summary>
    public int Choose(ReadOnlySpan<WaitingPart> parts, int cpu, ulong now)
    {
        int best = -1;
        for (int i = 0; i < parts.Length; i++)
        {
            if (!parts[i].Allowed.Contains(cpu) || !HasPassed(_movedAt[parts[i].Vm], now, frequency)) continue;
            if (best < 0 || (long)(parts[i].Since - parts[best].Since) < 0) best = i;
        }
        return best;
    }

    /// <summary>A VM is moved.</summary>
    public void Note(int vm, ulong now)
    {
        _movedAt[vm] = now;
        _last = now;
    }

    private static bool HasPassed(ulong time, ulong now, ulong ticks) => time == 0 || now - time >= ticks;
}
