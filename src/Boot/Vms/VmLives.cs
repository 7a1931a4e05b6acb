using System;
using Lamina.Core;

namespace Lamina.Boot;

/// <summary>
/// The lives of all VMs of the manifest: who may start, who is late, who comes back and when. It touches no VM and no clock: it is told what happened, and asked what
/// is due. Nothing in it allocates after it is made. All times are ticks of the CPU's TSC.
/// </summary>
internal sealed class VmLives
{
    private const ulong Never = ulong.MaxValue;
    /// <summary>The least pause is a minute after so many, and the longest, of a TSC of 2^34 Hz, still a number of 64 bits.</summary>
    private const int MostDoublings = 16;
    private const ulong LongestBackOffSeconds = 60;

    private readonly VmPlan[] _plans;
    private readonly VmState[] _states;
    private readonly ulong[] _due;
    private readonly ulong[] _startedAt;
    private readonly ulong[] _pause;
    private readonly int[] _earlyFailures;
    private readonly bool[] _comesBack;
    private readonly bool[] _hasFailed;
    private readonly bool[] _wasReady;
    private readonly ulong _second;
    private bool _isSwitchedOff;

    /// <summary>The lives of as many VMs as there are plans, on a CPU whose TSC counts at <paramref name="frequency"/> Hz: all wait.</summary>
    public VmLives(VmPlan[] plans, ulong frequency)
    {
        _plans = plans;
        _second = frequency;
        _states = new VmState[plans.Length];
        _due = new ulong[plans.Length];
        _startedAt = new ulong[plans.Length];
        _pause = new ulong[plans.Length];
        _earlyFailures = new int[plans.Length];
        _comesBack = new bool[plans.Length];
        _hasFailed = new bool[plans.Length];
        _wasReady = new bool[plans.Length];
        Array.Fill(_due, Never);
    }

    /// <summary>How many VMs there are.</summary>
    public int Count => _plans.Length;

    /// <summary>Where a VM is.</summary>
    public VmState this[int vm] => _states[vm];

    /// <summary>How long a VM that backs off waits in all.</summary>
    public ulong PauseOf(int vm) => _pause[vm];

    /// <summary>When something is due next: a pause is over, or a VM late. The largest number when nothing is.</summary>
    public ulong Earliest
    {
        get
        {
            ulong earliest = Never;
            foreach (ulong due in _due) earliest = Math.Min(earliest, due);
            return earliest;
        }
    }

    /// <summary>Whether no VM lives or will.</summary>
    public bool IsDone
    {
        get
        {
            foreach (var state in _states)
                if (state is not (VmState.Ended or VmState.Failed)) return false;
            return true;
        }
    }

    /// <summary>Whether every VM is ready.</summary>
    public bool AreAllReady
    {
        get
        {
            foreach (var state in _states)
                if (state != VmState.Ready) return false;
            return true;
        }
    }

    /// <summary>A VM that waits and may start now; -1 when there is none.</summary>
    public int FindStartable()
    {
        for (int i = 0; i < Count; i++)
            if (_states[i] == VmState.Waiting && !ComesAfter(i, Standing.Open, out _) && !ComesAfter(i, Standing.Lost, out _)) return i;
        return -1;
    }

    /// <summary>A VM that waits for one that will never be ready, and which that is; -1 when there is none.</summary>
    public int FindHopeless(out int lost)
    {
        for (int i = 0; i < Count; i++)
            if (_states[i] == VmState.Waiting && ComesAfter(i, Standing.Lost, out lost)) return i;
        lost = -1;
        return -1;
    }

    /// <summary>It will never start.</summary>
    public void GiveUp(int vm) => Go(vm, VmState.Failed);

    /// <summary>A VM whose time has come at <paramref name="now"/>: it backs off no longer, or is late. -1 when there is none.</summary>
    public int FindDue(ulong now)
    {
        for (int i = 0; i < Count; i++)
            if (_due[i] <= now) return i;
        return -1;
    }

    /// <summary>It is built anew.</summary>
    public void Build(int vm) => Go(vm, VmState.Starting);

    /// <summary>It runs from now on.</summary>
    public void Start(int vm, ulong now)
    {
        _startedAt[vm] = now;
        if (_plans[vm].Ready == ReadyKind.Started) Go(vm, VmState.Ready);
        else Go(vm, VmState.Running, _plans[vm].ReadyWithin == 0 ? Never : now + _plans[vm].ReadyWithin);
    }

    /// <summary>It said that it is ready. False when that is no news.</summary>
    public bool NoteReady(int vm)
    {
        if (_states[vm] != VmState.Running) return false;
        Go(vm, VmState.Ready);
        return true;
    }

    /// <summary>
    /// Its guest started over. False when it does nothing else: <see cref="MostEarlyResets"/> in a row within a second of its start; it has failed then.
    /// </summary>
    public bool NoteReset(int vm, ulong now)
    {
        _earlyFailures[vm] = IsEarly(vm, now) ? _earlyFailures[vm] + 1 : 0;
        if (_earlyFailures[vm] > MostEarlyResets) return false;
        _startedAt[vm] = now;
        return true;
    }

    /// <summary>How often in a row a guest may reset itself within a second.</summary>
    public const int MostEarlyResets = 16;

    /// <summary>It has stopped, or could not be started; decides what follows when it has given back what it holds.</summary>
    public void Stop(int vm, bool failed, ulong now)
    {
        // One that is to tell and has not, however long that took, has done nothing yet.
        bool early = _states[vm] is VmState.Starting or VmState.Waiting or VmState.Running || IsEarly(vm, now);
        // A failure that comes early doubles the pause of the one before; a guest that ends early by itself has the plain one.
        if (!failed || !early) _earlyFailures[vm] = 0;
        _pause[vm] = !failed && !early ? 0
            : Math.Min(_plans[vm].BackOff << Math.Min(_earlyFailures[vm], MostDoublings), Math.Max(LongestBackOffSeconds * _second, _plans[vm].BackOff));
        if (failed && early && _earlyFailures[vm] < MostDoublings) _earlyFailures[vm]++;
        _hasFailed[vm] = failed;
        _comesBack[vm] = !_isSwitchedOff && (_plans[vm].Restart == RestartPolicy.Always || (failed && _plans[vm].Restart == RestartPolicy.OnFailure));
        Go(vm, VmState.Ending);
    }

    /// <summary>The machine is to be switched off: no VM starts from now on, none comes back. Those that run have to be stopped.</summary>
    public void SwitchOff()
    {
        _isSwitchedOff = true;
        for (int i = 0; i < Count; i++)
        {
            _comesBack[i] = false;
            if (_states[i] is VmState.Waiting or VmState.BackingOff) Go(i, VmState.Ended);
        }
    }

    /// <summary>Whether a VM holds something that it has to give back when it is stopped.</summary>
    public bool IsAlive(int vm) => _states[vm] is VmState.Starting or VmState.Running or VmState.Ready;

    /// <summary>It holds nothing any more.</summary>
    public void Free(int vm, ulong now)
    {
        if (_comesBack[vm]) Go(vm, VmState.BackingOff, now + _pause[vm]);
        else Go(vm, _hasFailed[vm] ? VmState.Failed : VmState.Ended);
    }

    private bool IsEarly(int vm, ulong now) => now - _startedAt[vm] < _second;

    /// <summary>What a VM is for those that come after it.</summary>
    private enum Standing : byte
    {
        /// <summary>It is ready, or was and has done what it was there for.</summary>
        Good,
        /// <summary>It may become ready yet.</summary>
        Open,
        /// <summary>It will never be.</summary>
        Lost,
    }

    private Standing StandingOf(int vm) => _states[vm] switch
    {
        VmState.Ready => Standing.Good,
        VmState.Ended => _wasReady[vm] ? Standing.Good : Standing.Lost,
        VmState.Failed => Standing.Lost,
        _ => Standing.Open,
    };

    /// <summary>Whether a VM comes after one that stands so, and which that is.</summary>
    private bool ComesAfter(int vm, Standing standing, out int which)
    {
        for (which = 0; which < Count; which++)
            if ((_plans[vm].After >> which & 1) != 0 && StandingOf(which) == standing) return true;
        which = -1;
        return false;
    }

    private void Go(int vm, VmState state, ulong due = Never)
    {
        _states[vm] = state;
        _due[vm] = due;
        _wasReady[vm] |= state == VmState.Ready;
    }
}
