namespace Lamina.Core;

/// <summary>
/// Chooses which vCPU a CPU runs next: in turn, 10 ms each, while there is more than one. One per CPU; only that CPU uses it.
/// <para>Weights, caps and wake-up preemption are not here yet: a vCPU that wakes waits for its turn at most (n - 1) × 10 ms.</para>
/// </summary>
public sealed class Scheduler
{
    private const ulong SlicesPerSecond = 100;

    private readonly Cpu _cpu;
    private readonly VirtualCpu[] _vcpus;
    private readonly SliceEnd _sliceEnd;
    private readonly ulong _sliceTicks;
    private int _count;
    private int _current;
    private VirtualMachine? _loaded;

    /// <summary>A scheduler of at most <paramref name="capacity"/> vCPUs on a CPU whose TSC counts at <paramref name="tscFrequency"/> Hz.</summary>
    public Scheduler(Cpu cpu, ulong tscFrequency, int capacity)
    {
        _cpu = cpu;
        _vcpus = new VirtualCpu[capacity];
        _sliceTicks = tscFrequency / SlicesPerSecond;
        _sliceEnd = new SliceEnd(this);
    }

    /// <summary>Whether the vCPU that runs now should give the CPU back as soon as its exit has been handled.</summary>
    public bool IsRescheduleDue { get; private set; }

    /// <summary>Gives the CPU a vCPU to run. False when there is no room.</summary>
    public bool TryAdd(VirtualCpu vcpu)
    {
        if (_count == _vcpus.Length) return false;
        _vcpus[_count] = vcpu;
        // The first turn is the first vCPU's.
        _current = _count++;
        IsRescheduleDue = true;
        return true;
    }

    /// <summary>
    /// The vCPU to run now, its VM's host table loaded; the CPU halts while none wants to run. Null when all VMs have ended.
    /// </summary>
    public VirtualCpu? Next()
    {
        while (true)
        {
            IsRescheduleDue = false;
            int runnable = 0, alive = 0, next = 0;
            for (int step = _count; step >= 1; step--)
            {
                int index = (_current + step) % _count;
                if (_vcpus[index].Activity != VcpuActivity.Stopped) alive++;
                if (!_vcpus[index].IsRunnable) continue;
                runnable++;
                next = index;
            }
            if (runnable > 0)
            {
                Account(_vcpus[_current], next);
                _current = next;
                // A halted one may wake meanwhile: it has its turn within a slice.
                if (alive > 1) _cpu.Arm(_sliceEnd, _cpu.ReadTsc() + _sliceTicks);
                else _cpu.Deadlines.Withdraw(_sliceEnd);
                return Load(_vcpus[next]);
            }
            if (alive == 0) return null;
            _cpu.Deadlines.Withdraw(_sliceEnd);
            _cpu.Idle();
        }
    }

    /// <summary>A vCPU that could run on but has to wait was preempted: from now on the wait is stolen time.</summary>
    private void Account(VirtualCpu previous, int next)
    {
        var chosen = _vcpus[next];
        if (previous != chosen && previous.Activity == VcpuActivity.Running) previous.WaitingSince = _cpu.ReadTsc();
        if (chosen.WaitingSince == 0) return;
        chosen.StolenTicks += _cpu.ReadTsc() - chosen.WaitingSince;
        chosen.WaitingSince = 0;
    }

    private VirtualCpu Load(VirtualCpu vcpu)
    {
        if (_loaded == vcpu.Machine) return vcpu;
        _loaded = vcpu.Machine;
        _cpu.LoadAddressSpace(vcpu.Machine.HostRoot);
        return vcpu;
    }

    private sealed class SliceEnd(Scheduler scheduler) : Deadline
    {
        public override void Expire(ulong now) => scheduler.IsRescheduleDue = true;
    }
}
