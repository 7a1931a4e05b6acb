using System.Threading;

namespace Lamina.Core;

/// <summary>
/// Chooses which vCPU a CPU runs next: of those that can run, the one that has had the least for its weight, for 10 ms at most while others wait. One that wakes runs at once, unless
/// it has had more than the one that runs. One per CPU; only that CPU uses it, but for what it says of how busy that is.
/// <para>It looks at those alone that run or may be able to: a vCPU that sleeps costs nothing.</para>
/// </summary>
public sealed class Scheduler
{
    private const ulong SlicesPerSecond = 100;

    /// <summary>Caps hold over 100 ms.</summary>
    private const ulong PeriodsPerSecond = 10;

    private readonly Cpu _cpu;
    private readonly VirtualCpu[] _queue;
    private readonly TurnEnd _turnEnd;
    private readonly Crowding _crowding;
    private readonly ulong _sliceTicks;
    private readonly ulong _periodTicks;
    private readonly int _capacity;
    private int _members;
    private int _queued;
    private VirtualCpu? _current;
    private ulong _turnStart;
    private ulong _virtualTime;
    private bool _isYielding;
    private ulong _idleSince;
    private bool _isCrowded;

    /// <summary>A scheduler of at most <paramref name="capacity"/> vCPUs on a CPU whose TSC counts at <paramref name="tscFrequency"/> Hz.</summary>
    public Scheduler(Cpu cpu, ulong tscFrequency, int capacity)
    {
        _cpu = cpu;
        _capacity = capacity;
        _queue = new VirtualCpu[capacity];
        _sliceTicks = tscFrequency / SlicesPerSecond;
        _periodTicks = tscFrequency / PeriodsPerSecond;
        _turnEnd = new TurnEnd(this);
        _crowding = new Crowding(_sliceTicks, _periodTicks);
    }

    /// <summary>Who is told when the CPU is crowded; null where there is no other. At boot.</summary>
    public CrowdWatch? Watch { get; set; }

    /// <summary>On any CPU: whether somebody waited for his turn when the last one began. A moment old.</summary>
    public bool IsCrowded => Volatile.Read(ref _isCrowded);

    /// <summary>On any CPU: whether nothing has run here for a slice or longer until <paramref name="now"/>: it is not merely between two turns. A moment old.</summary>
    public bool IsIdleAt(ulong now)
    {
        ulong since = Volatile.Read(ref _idleSince);
        // It may have begun a moment after now was read.
        return since != 0 && (long)(now - since) >= (long)_sliceTicks;
    }

    /// <summary>Whether the vCPU that runs now should give the CPU back as soon as its exit has been handled.</summary>
    public bool IsRescheduleDue { get; private set; }

    /// <summary>The vCPU that runs now gives the CPU back as soon as its exit has been handled: there is something else to do.</summary>
    public void Interrupt() => IsRescheduleDue = true;

    /// <summary>
    /// The vCPU that runs now seems to spin for another one: whoever else can run goes first, a vCPU of its own VM before all others if it has not had much more than they. What it has had counts as ever. On the exit way.
    /// </summary>
    internal void Yield()
    {
        if (_queued < 2) return;
        _isYielding = true;
        IsRescheduleDue = true;
    }

    /// <summary>The turn ends when a slice is over, even of one that is alone: there is something to do in its next one.</summary>
    internal void BoundTurn()
    {
        ulong end = _turnStart + _sliceTicks;
        if (!_turnEnd.IsArmed || _turnEnd.When > end) _cpu.Arm(_turnEnd, end);
    }

    /// <summary>Gives the CPU a vCPU to run, when its VM is made. False when there is no room.</summary>
    public bool TryAdd(VirtualCpu vcpu)
    {
        if (_members == _capacity) return false;
        _members++;
        vcpu.Scheduler = this;
        ChargeTurn(_cpu.ReadTsc());
        vcpu.Share.JoinTime(_virtualTime);
        if (!vcpu.IsQueued) Wake(vcpu);
        return true;
    }

    /// <summary>Takes a vCPU away, when its VM leaves; nothing happens if it was never added. Not while it runs.</summary>
    public void Remove(VirtualCpu vcpu)
    {
        if (vcpu.Scheduler is null) return;
        ulong now = _cpu.ReadTsc();
        // The turn that it asked to be its last is at its cost like any other: it may come back.
        if (_current == vcpu) EndTurn(now);
        else ChargeTurn(now);
        // Its wait ends here; it may begin anew elsewhere.
        if (vcpu.Share.WaitingSince != 0) vcpu.Share.StolenTicks += now - vcpu.Share.WaitingSince;
        _members--;
        vcpu.Scheduler = null;
        vcpu.Share.LeaveTime(_virtualTime);
        for (int i = 0; i < _queued; i++)
            if (_queue[i] == vcpu) Drop(i--);
    }

    /// <summary>Whether it is a VM's turn just now.</summary>
    public bool IsTurnOf(VirtualMachine machine) => _current?.Machine == machine;

    /// <summary>A vCPU that slept may be able to run again.</summary>
    internal void Wake(VirtualCpu vcpu)
    {
        ulong now = _cpu.ReadTsc();
        ChargeTurn(now);
        // In a turn, maybe of another VM.
        _cpu.Guard.EnterCritical();
        vcpu.IsQueued = true;
        _queue[_queued++] = vcpu;
        _cpu.Guard.LeaveCritical();
        vcpu.Share.Rejoin(_virtualTime, _sliceTicks);
        vcpu.Share.WaitingSince = now;
        IsRescheduleDue = true;
    }

    /// <summary>The vCPU that ran is charged for its turn at once, not when the next is chosen: what is done in between is not at its cost.</summary>
    public void EndTurn() => EndTurn(_cpu.ReadTsc());

    /// <summary>So many ticks went by for a vCPU's VM outside of its turns: it pays for them as if it had run.</summary>
    public void Charge(VirtualCpu vcpu, ulong ticks) => vcpu.Share.Charge(ticks);

    /// <summary>The vCPU to run now, its VM's host table loaded; null when none wants to, or none is let. The one that ran before is charged for its turn.</summary>
    /// <param name="othersWait">Whether something that is no vCPU waits for the CPU too: the turn ends after a slice then, even of one that is alone.</param>
    public VirtualCpu? Next(bool othersWait = false)
    {
        ulong now = _cpu.ReadTsc();
        var yielding = _isYielding ? _current : null;
        EndTurn(now);
        IsRescheduleDue = false;
        _isYielding = false;

        VirtualCpu? next = null;
        int ready = 0;
        ulong nextPeriod = ulong.MaxValue;
        for (int i = 0; i < _queued; i++)
        {
            var vcpu = _queue[i];
            if (!vcpu.IsRunnable)
            {
                Drop(i--);
                continue;
            }
            vcpu.Share.Refill(now, _periodTicks, _virtualTime);
            if (!vcpu.Share.IsWithinCap) nextPeriod = System.Math.Min(nextPeriod, vcpu.Share.NextPeriod);
            else
            {
                ready++;
                if (next is null || GoesBefore(vcpu, next, yielding)) next = vcpu;
            }
        }
        // One that was given way to may be far ahead of who can run.
        if (next is not null && yielding is null) AdvanceTo(next.Share.VirtualTime);
        if (next is not null) BeginTurn(next, now);
        ArmTurnEnd(next, now, nextPeriod, othersWait);
        if (Watch is not null) Publish(now, ready);
        return next;
    }

    /// <summary>Others see how busy the CPU is, with so many that can run.</summary>
    private void Publish(ulong now, int ready)
    {
        if (ready != 0) Volatile.Write(ref _idleSince, 0);
        else if (_idleSince == 0) Volatile.Write(ref _idleSince, now);
        bool isCrowded = ready > 1;
        Volatile.Write(ref _isCrowded, isCrowded);
        if (_crowding.Note(now, isCrowded)) Watch!.NoteCrowd(this, now);
    }

    private bool GoesBefore(VirtualCpu vcpu, VirtualCpu other, VirtualCpu? yielding)
    {
        if (yielding is not null)
        {
            if (vcpu == yielding || other == yielding) return other == yielding;
            bool isFavoured = IsFavoured(vcpu, yielding);
            if (isFavoured != IsFavoured(other, yielding)) return isFavoured;
        }
        return vcpu.Share.IsBehind(other.Share);
    }

    /// <summary>One of the same VM, unless it has had a slice more than whoever is farthest behind: two that spin, each for the other, would else keep the CPU from all others.</summary>
    private bool IsFavoured(VirtualCpu vcpu, VirtualCpu yielding) => vcpu.Machine == yielding.Machine && !vcpu.Share.IsAhead(_virtualTime, _sliceTicks);

    private void BeginTurn(VirtualCpu vcpu, ulong now)
    {
        var share = vcpu.Share;
        if (share.WaitingSince != 0)
        {
            share.StolenTicks += now - share.WaitingSince;
            share.WaitingSince = 0;
        }
        _current = vcpu;
        share.RunningSince = _turnStart = now;
        _cpu.LoadAddressSpace(vcpu.Machine.HostRoot);
    }

    /// <summary>
    /// Charges the one that runs for what it has run until now. Virtual time goes on with the one that is farthest behind of those that can run: also within a turn, as one that is alone may have a
    /// turn of hours, for which one that wakes must not keep it waiting as long.
    /// </summary>
    private void ChargeTurn(ulong now)
    {
        if (_current is null) return;
        var least = _current.Share;
        least.Charge(now - _turnStart);
        least.RunningSince = _turnStart = now;
        for (int i = 0; i < _queued; i++)
        {
            var vcpu = _queue[i];
            if (vcpu.Share.IsBehind(least) && vcpu.IsRunnable && vcpu.Share.IsWithinCap) least = vcpu.Share;
        }
        AdvanceTo(least.VirtualTime);
    }

    /// <summary>Virtual time never goes back.</summary>
    private void AdvanceTo(ulong virtualTime)
    {
        if ((long)(virtualTime - _virtualTime) > 0) _virtualTime = virtualTime;
    }

    /// <summary>Charges the one that ran. If it could run on it was preempted: from now on its wait is stolen time.</summary>
    private void EndTurn(ulong now)
    {
        if (_current is null) return;
        ChargeTurn(now);
        _current.Share.RunningSince = 0;
        if (_current.Activity == VcpuActivity.Running) _current.Share.WaitingSince = now;
        _current = null;
    }

    /// <summary>A turn ends when somebody else waits for his, when its cap is used up, or when another's new period begins.</summary>
    private void ArmTurnEnd(VirtualCpu? next, ulong now, ulong nextPeriod, bool othersWait)
    {
        ulong end = nextPeriod;
        if (next is not null && (_queued > 1 || othersWait)) end = System.Math.Min(end, now + _sliceTicks);
        if (next is not null && next.Share.CapPercent != 0) end = System.Math.Min(end, now + (ulong)next.Share.Budget);
        if (end != ulong.MaxValue) _cpu.Arm(_turnEnd, end);
        else _cpu.Deadlines.Withdraw(_turnEnd);
    }

    private void Drop(int index)
    {
        var vcpu = _queue[index];
        vcpu.IsQueued = false;
        // It waits for an event now, not for its turn.
        vcpu.Share.WaitingSince = 0;
        _queue[index] = _queue[--_queued];
        _queue[_queued] = null!;
    }

    private sealed class TurnEnd(Scheduler scheduler) : Deadline
    {
        public override void Expire(ulong now) => scheduler.IsRescheduleDue = true;
    }
}
