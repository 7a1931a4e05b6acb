namespace Lamina.Core;

/// <summary>
/// Time as one VM's devices see it: ticks of the guest's TSC, which is 0 at the VM's first instruction and counts at the machine's rate.
/// All conversions are integer and exact; rates are at most 1 GHz beside a TSC of at most 17 GHz.
/// </summary>
public sealed class GuestClock(Cpu cpu, ulong frequency)
{
    private Cpu _cpu = cpu;

    /// <summary>The VM whose clock it is; set once, when the VM is built.</summary>
    public VirtualMachine? Owner { get; internal set; }

    /// <summary>The VM's devices go to another CPU, whose TSC is the same: while they are on none.</summary>
    internal void MoveTo(Cpu cpu) => _cpu = cpu;

    /// <summary>Ticks a second, in Hz.</summary>
    public ulong Frequency { get; } = frequency;

    /// <summary>What is added to the CPU's TSC to give the guest's, modulo 2^64.</summary>
    public ulong Offset { get; set; }

    /// <summary>The wall clock when this clock was 0: nanoseconds since 1970 (UTC), modulo 2^64.</summary>
    public ulong UnixNanosecondsAtZero { get; private set; }

    /// <summary>Says what the wall clock shows now, in seconds since 1970 (UTC).</summary>
    public void SetWallClock(ulong unixSeconds) => UnixNanosecondsAtZero = unixSeconds * NanosecondsPerSecond - ToNanoseconds(Now);

    /// <summary>The VM starts, or starts again: this clock is 0 now, and the wall clock goes on.</summary>
    public void Restart()
    {
        UnixNanosecondsAtZero += ToNanoseconds(Now);
        Offset = 0 - _cpu.ReadTsc();
    }

    /// <summary>The guest's TSC now.</summary>
    public ulong Now => _cpu.ReadTsc() + Offset;

    /// <summary>Arms a deadline of the VM's at a time of this clock.</summary>
    public void Arm(Deadline deadline, ulong when)
    {
        deadline.Owner = Owner;
        _cpu.Arm(deadline, when - Offset);
    }

    /// <summary>Withdraws a deadline.</summary>
    public void Withdraw(Deadline deadline) => _cpu.Deadlines.Withdraw(deadline);

    /// <summary>The guest's TSC at a time of the CPU's, as <see cref="Deadline.Expire"/> is given.</summary>
    public ulong FromHost(ulong tsc) => tsc + Offset;

    /// <summary>How many periods of <paramref name="hertz"/> are complete after <paramref name="ticks"/> of this clock.</summary>
    public ulong ToPeriods(ulong ticks, ulong hertz) => Convert(ticks, hertz, Frequency);

    /// <summary>The first tick of this clock at which <paramref name="periods"/> of <paramref name="hertz"/> are complete.</summary>
    public ulong FromPeriods(ulong periods, ulong hertz) => ConvertUp(periods, Frequency, hertz);

    /// <summary>Nanoseconds in <paramref name="ticks"/>.</summary>
    public ulong ToNanoseconds(ulong ticks) => Convert(ticks, NanosecondsPerSecond, Frequency);

    /// <summary>Nanoseconds in a second.</summary>
    public const ulong NanosecondsPerSecond = 1_000_000_000;

    /// <summary>
    /// units × to / from, rounded down. Exact without 128-bit arithmetic: whole seconds first, then the rest of less than a second, whose product fits in
    /// 64 bits as long as both rates are below 2^32, or one below 2^30 and the other below 2^34.
    /// </summary>
    private static ulong Convert(ulong units, ulong to, ulong from) => units / from * to + units % from * to / from;

    private static ulong ConvertUp(ulong units, ulong to, ulong from) => units / from * to + (units % from * to + (from - 1)) / from;
}
