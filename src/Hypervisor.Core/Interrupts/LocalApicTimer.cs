namespace Lamina.Core;

/// <summary>
/// The timer of a local APIC: one-shot, periodic, TSC-deadline (AMD APM vol. 2, 16.4.1; Intel SDM vol. 3, 11.5.4).
/// <para>
/// Its bus clock is the guest's TSC divided by <see cref="TscTicksPerBusClock"/>: all conversions are shifts and exact, so a guest that calibrates the one by
/// the other finds the very ratio, and the rate in Hz stays within 32 bits.
/// </para>
/// <para>
/// Periods count from the write of the initial count: a late expiry does not shift the next. Ticks that come while the vCPU does not run merge into one,
/// since the IRR has one bit a vector; no tick is made up for later. Shorter periods than 100 µs are thinned out to that.
/// </para>
/// </summary>
public sealed class LocalApicTimer(LocalApic apic, VirtualCpu vcpu) : Deadline
{
    private const int BusClockShift = 2;

    /// <summary>How many TSC ticks make one tick of the timer's undivided clock.</summary>
    public const ulong TscTicksPerBusClock = 1 << BusClockShift;

    /// <summary>Expiries of a periodic timer in a second, at most, lest a guest hold the CPU with them.</summary>
    public const ulong MostExpiriesPerSecond = 10_000;

    /// <summary>The writable bits of the divide configuration register.</summary>
    public const uint DivideMask = 0b1011;

    private readonly LocalApic _apic = apic;
    private readonly VirtualCpu _vcpu = vcpu;
    private LocalVector _mode;
    private int _shift = BusClockShift + 1;
    /// <summary>When the running count ends (one-shot, periodic): the VM clock's ticks.</summary>
    private ulong _end;
    private ulong _tscDeadline;

    /// <summary>As after RESET or INIT: stopped, one-shot, divide by 2.</summary>
    public void Reset()
    {
        Stop();
        _mode = 0;
        Divide = 0;
    }

    /// <summary>The mode bits of the timer's LVT entry. A change from or to TSC-deadline mode stops the timer.</summary>
    public LocalVector Mode
    {
        get => _mode;
        set
        {
            // Both bits at once are reserved: taken as TSC-deadline.
            value &= (value & LocalVector.TscDeadline) != 0 ? LocalVector.TscDeadline : LocalVector.Periodic;
            if (((_mode ^ value) & LocalVector.TscDeadline) != 0) Stop();
            _mode = value;
        }
    }

    private bool IsTscDeadline => (_mode & LocalVector.TscDeadline) != 0;

    /// <summary>The initial count. Writing it starts the timer, 0 stops it; ignored in TSC-deadline mode.</summary>
    public uint InitialCount
    {
        get => _apic.Registers.TimerInitialCount;
        set
        {
            // Stored even where it is ignored: hardware may have written the page before this.
            _apic.Registers.TimerInitialCount = IsTscDeadline ? 0 : value;
            if (IsTscDeadline) return;
            _vcpu.Cpu.Deadlines.Withdraw(this);
            if (value == 0) return;
            _end = _vcpu.Machine.Clock.Now + ((ulong)value << _shift);
            ArmAt(_end);
        }
    }

    /// <summary>What is left of the count; 0 when it is not running.</summary>
    public uint CurrentCount
    {
        get
        {
            if (IsTscDeadline || !IsArmed) return 0;
            ulong now = _vcpu.Machine.Clock.Now;
            // Late and not yet expired: a one-shot has ended, a periodic one is in a later period.
            if (now >= _end && (_mode & LocalVector.Periodic) == 0) return 0;
            ulong left = now < _end ? _end - now : Period - (now - _end) % Period;
            return (uint)(left + (1UL << _shift) - 1 >> _shift);
        }
    }

    /// <summary>The divide configuration register. A running count goes on from where it is, at the new rate.</summary>
    public uint Divide
    {
        get => _apic.Registers.TimerDivide;
        set
        {
            uint left = CurrentCount;
            value &= DivideMask;
            _apic.Registers.TimerDivide = value;
            // Bits 0, 1 and 3: 0 is by 2, 1 by 4 … 6 by 128, 7 by 1.
            int code = (int)(value & 3 | value >> 1 & 4);
            _shift = BusClockShift + (code + 1 & 7);
            if (left == 0) return;
            _end = _vcpu.Machine.Clock.Now + ((ulong)left << _shift);
            ArmAt(_end);
        }
    }

    /// <summary>
    /// The TSC_DEADLINE MSR, in ticks of this vCPU's own TSC: 0 when not armed. Writing a time that is past expires at once; ignored in the other modes.
    /// </summary>
    public ulong TscDeadline
    {
        get => _tscDeadline;
        set
        {
            if (!IsTscDeadline) return;
            Stop();
            if (value == 0) return;
            _tscDeadline = value;
            var cpu = _vcpu.Cpu;
            ulong now = cpu.ReadTsc(), guestNow = now + _vcpu.State.TscOffset;
            if (value <= guestNow)
            {
                Expire(now);
                return;
            }
            ulong wait = value - guestNow;
            Owner = _vcpu.Machine;
            cpu.Arm(this, wait < ulong.MaxValue - now ? now + wait : ulong.MaxValue - 1);
        }
    }

    private ulong Period => (ulong)InitialCount << _shift;

    /// <inheritdoc/>
    public override void Expire(ulong now)
    {
        _tscDeadline = 0;
        if ((_mode & LocalVector.Periodic) != 0) Continue(_vcpu.Machine.Clock.FromHost(now));
        _apic.TimerExpired();
    }

    /// <summary>The next end of a period, on the grid of the first, that is far enough away.</summary>
    private void Continue(ulong now)
    {
        ulong period = Period;
        _end += period;
        ulong least = _vcpu.Machine.Clock.Frequency / MostExpiriesPerSecond;
        ulong soonest = now + least;
        // Most guests' periods are long and their expiries not late: no division then.
        if (period < least || _end <= now)
        {
            if (_end < soonest) _end += (soonest - _end + period - 1) / period * period;
        }
        ArmAt(_end);
    }

    /// <summary>At a time of the VM's clock. It is the vCPU's CPU that is to expire it.</summary>
    private void ArmAt(ulong when)
    {
        Owner = _vcpu.Machine;
        _vcpu.Cpu.Arm(this, when - _vcpu.Machine.Clock.Offset);
    }

    private void Stop()
    {
        _vcpu.Cpu.Deadlines.Withdraw(this);
        _apic.Registers.TimerInitialCount = 0;
        _tscDeadline = 0;
    }
}
