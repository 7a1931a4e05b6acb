namespace Lamina.Core;

/// <summary>Who is told of a CPU that has more to run than it can, and may find another for some of it. One for all schedulers of a machine with several CPUs.</summary>
public abstract class CrowdWatch
{
    /// <summary>On the CPU of the scheduler that is given, between turns, ten times a second at most: for a tenth of the last while somebody waited for his turn there, and does now.</summary>
    /// <param name="scheduler">The CPU's.</param>
    /// <param name="now">Its TSC.</param>
    public abstract void NoteCrowd(Scheduler scheduler, ulong now);
}
