namespace Lamina.Core;

/// <summary>
/// A vCPU's share of its CPU: how much it is to have, and how much it has had. All times are in ticks of the CPU's TSC. Only the scheduler of that CPU changes it, but for the
/// two settings, which are made with the vCPU.
/// </summary>
public sealed class CpuShare
{
    /// <summary>The weight of a vCPU for which nobody said any.</summary>
    public const int StandardWeight = 100;

    /// <summary>Of the CPU's time that is wanted by more than one vCPU, each has as much as its weight is of all their weights: 1 to 10,000.</summary>
    public int Weight { get; set; } = StandardWeight;

    /// <summary>How much of the CPU it may have at most, in per cent, even of one that is idle; 0 when there is no such limit.</summary>
    public int CapPercent { get; set; }

    /// <summary>How long it has run in all, and what else was done at its cost; without the turn that it has just now.</summary>
    public ulong UsedTicks { get; internal set; }

    /// <summary>How long it could have run but waited for its turn, or for its cap's next period, in all: its stolen time; without the wait that goes on.</summary>
    public ulong StolenTicks { get; internal set; }

    /// <summary>Since when it could run but waits for its turn; 0 when it does not wait.</summary>
    internal ulong WaitingSince { get; set; }

    /// <summary>Since when it has its turn; 0 when it does not.</summary>
    internal ulong RunningSince { get; set; }

    /// <summary>
    /// Since when it waits for its turn, which others have, or else has it; 0 when it does neither, or has used up its cap. For whoever decides on another CPU which one is to be helped: a moment old.
    /// </summary>
    public ulong WantsSince => !IsWithinCap ? 0 : WaitingSince is > 0 and ulong since ? since : RunningSince;

    /// <summary>
    /// <see cref="UsedTicks"/> with the turn that goes on at <paramref name="now"/>, which may be long: one that has a CPU to itself may never give it back. For accounts, on any CPU: these are two
    /// reads of 64 bits, each whole, and between them a turn may end or begin; the account is off by that turn then, this once.
    /// </summary>
    public ulong UsedAt(ulong now) => UsedTicks + Since(RunningSince, now);

    /// <summary><see cref="StolenTicks"/> with the wait that goes on at <paramref name="now"/>; as <see cref="UsedAt"/>.</summary>
    public ulong StolenAt(ulong now) => StolenTicks + Since(WaitingSince, now);

    /// <summary>What it has run, each tick counted for more the less its weight is: who has the least is next. It wraps around: only differences mean anything.</summary>
    internal ulong VirtualTime { get; private set; }

    /// <summary>What is left of its cap in this period; at 0 or below it waits for the next. Meaningless without a cap.</summary>
    internal long Budget { get; private set; }

    /// <summary>When its next period begins. Meaningless without a cap.</summary>
    internal ulong NextPeriod { get; private set; }

    /// <summary>By what ticks are multiplied before they are divided by the weight: as fine as weights are.</summary>
    private const ulong Scale = 10_000;

    private const int Percent = 100;

    /// <summary>Whether its cap lets it run.</summary>
    internal bool IsWithinCap => CapPercent == 0 || Budget > 0;

    /// <summary>It has run for <paramref name="ticks"/>.</summary>
    internal void Charge(ulong ticks)
    {
        UsedTicks += ticks;
        VirtualTime += InVirtualTime(ticks);
        if (CapPercent != 0) Budget -= (long)ticks;
    }

    /// <summary>It leaves a CPU on which virtual time has come to <paramref name="now"/>: on another that is another time, and it keeps what it is ahead or behind.</summary>
    internal void LeaveTime(ulong now) => VirtualTime -= now;

    /// <summary>It comes to a CPU on which virtual time has come to <paramref name="now"/>.</summary>
    internal void JoinTime(ulong now) => VirtualTime += now;

    /// <summary>
    /// It comes back to a CPU on which virtual time has come to <paramref name="now"/>: of what it did not use meanwhile it keeps <paramref name="credit"/> ticks at most, lest one that has slept for
    /// long then keep all others waiting as long.
    /// </summary>
    internal void Rejoin(ulong now, ulong credit)
    {
        ulong least = now - InVirtualTime(credit);
        if ((long)(VirtualTime - least) < 0) VirtualTime = least;
    }

    /// <summary>Whether it is ahead of virtual time <paramref name="now"/> by more than it gains in <paramref name="ticks"/>.</summary>
    internal bool IsAhead(ulong now, ulong ticks) => (long)(VirtualTime - now) > (long)InVirtualTime(ticks);

    /// <summary>Whether it has had less than another, for its weight.</summary>
    internal bool IsBehind(CpuShare other) => (long)(VirtualTime - other.VirtualTime) < 0;

    /// <summary>
    /// Begins a new period of the cap if it is time: what was overdrawn counts against it, what was left does not add to it. What it could not have while its cap kept it back is not owed to it, as
    /// if it had slept, but for as much as it may use now: that it gets at once, lest slices of others leave it less than its cap. <paramref name="now"/> is the TSC,
    /// <paramref name="virtualTime"/> what virtual time has come to.
    /// </summary>
    internal void Refill(ulong now, ulong period, ulong virtualTime)
    {
        if (CapPercent == 0 || (long)(now - NextPeriod) < 0) return;
        bool wasKeptBack = Budget <= 0;
        ulong periods = (now - NextPeriod) / period + 1;
        NextPeriod += periods * period;
        long quota = (long)(period / Percent * (ulong)CapPercent);
        // After a long time the debt of one turn is paid many times over.
        Budget = periods > Percent ? quota : System.Math.Min(quota, Budget + (long)periods * quota);
        if (wasKeptBack) Rejoin(virtualTime, (ulong)quota);
    }

    // Where CPUs' TSCs differ, one that has just begun may have begun later than now.
    private static ulong Since(ulong start, ulong now) => start == 0 || (long)(now - start) < 0 ? 0 : now - start;

    private ulong InVirtualTime(ulong ticks) => ticks * Scale / (ulong)Weight;
}
