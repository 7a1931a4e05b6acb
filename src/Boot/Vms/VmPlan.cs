using Lamina.Core;

namespace Lamina.Boot;

/// <summary>What the manifest says of a VM's life; all times in ticks of the CPU's TSC.</summary>
/// <param name="After">Bit n: VM n must have become ready before this one starts for the first time.</param>
/// <param name="Ready">When it is ready.</param>
/// <param name="ReadyWithin">How long after its start it must be ready, or it has failed; 0 when there is no limit.</param>
/// <param name="BackOff">The pause before it starts again after it has failed or ended early.</param>
/// <param name="Restart">What follows its end.</param>
internal readonly record struct VmPlan(ulong After, ReadyKind Ready, ulong ReadyWithin, ulong BackOff, RestartPolicy Restart)
{
    private const ulong MillisecondsPerSecond = 1000;

    /// <summary>The plan of a VM of the manifest, for a TSC of <paramref name="frequency"/> Hz.</summary>
    public static VmPlan Of(in VmDescription vm, int vmCount, ulong frequency)
    {
        ulong after = 0;
        for (int i = 0; i < vmCount; i++)
            if (vm.IsAfter(i)) after |= 1UL << i;
        return new VmPlan(after, vm.Ready, Ticks(vm.ReadyWithinMilliseconds, frequency), Ticks(vm.BackOffMilliseconds, frequency), vm.Restart);
    }

    private static ulong Ticks(int milliseconds, ulong frequency) => frequency / MillisecondsPerSecond * (ulong)milliseconds;
}
