using System;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The 8254 interval timer of a PC (Intel 8254 data sheet, order number 231164): counter 0 interrupts, counter 1 paced the memory refresh,
/// counter 2 sounds the speaker. It runs at 1.193182 MHz of the guest's clock.
/// <para>
/// <b>Ticks that come while the vCPU does not run</b> are merged: when the CPU comes back, one interrupt stands for all rises of OUT0 since the last, and the next is due
/// at the next rise on the counter's own grid, so that the period does not drift. The counters' values are always those of the present clock.
/// </para>
/// <para>
/// Interrupts of a periodic mode are at least <see cref="LeastPeriod"/> clocks apart (about 100 µs), however small the count: rises in between are merged too.
/// </para>
/// </summary>
public sealed class Pit8254 : IsaDevice
{
    /// <summary>Clocks a second: a twelfth of 14.31818 MHz.</summary>
    public const ulong Frequency = 1_193_182;

    /// <summary>The least distance of two interrupts in a periodic mode, in clocks.</summary>
    public const ulong LeastPeriod = 120;

    /// <summary>Its first port.</summary>
    public const ushort FirstPort = 0x40;
    /// <summary>How many ports it takes.</summary>
    public const byte Ports = Counters + 1;

    private const ushort ControlPort = 0x43;
    private const int Counters = 3;
    private const int TimerCounter = 0;
    private const int SpeakerCounter = 2;

    // The control word.
    private const int CounterShift = 6;
    private const int AccessShift = 4;
    private const byte AccessMask = 3;
    private const int ModeShift = 1;
    private const byte ModeMask = 7;
    /// <summary>Modes 6 and 7 are 2 and 3: the upper bit is not looked at then.</summary>
    private const byte PeriodicModeMask = 3;
    private const byte Bcd = 1 << 0;
    // The read-back command: a control word for "counter 3".
    private const byte ReadBackNotCount = 1 << 5;
    private const byte ReadBackNotStatus = 1 << 4;
    private const int ReadBackCounterShift = 1;

    private readonly PitCounter[] _counters = new PitCounter[] { new(), new(), new() };
    private readonly GuestClock _clock;
    private readonly InterruptLine _line;
    private readonly RiseDeadline _rise;
    private ulong _lastPeriodicInterrupt;

    /// <summary>A timer on the VM's clock whose counter 0 drives a line.</summary>
    public Pit8254(GuestClock clock, InterruptLine line)
    {
        _clock = clock;
        _line = line;
        _rise = new RiseDeadline(this);
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "8254";

    /// <summary>Registers its ports. False when one is taken.</summary>
    public bool TryRegister(PortBus ports) => ports.TryRegister(this, FirstPort, Ports);

    /// <inheritdoc/>
    public override void Reset()
    {
        _clock.Withdraw(_rise);
        for (int i = 0; i < _counters.Length; i++) _counters[i].Reset(gate: i != SpeakerCounter);
        _lastPeriodicInterrupt = 0;
        _line.Set(true);
    }

    /// <summary>GATE of counter 2, at port 0x61.</summary>
    public bool SpeakerGate
    {
        get => _counters[SpeakerCounter].Gate;
        set => _counters[SpeakerCounter].SetGate(value, Now);
    }

    /// <summary>OUT of counter 2, at port 0x61.</summary>
    public bool SpeakerOutput => _counters[SpeakerCounter].Output(Now);

    /// <summary>Clocks since the VM's start.</summary>
    public ulong Now => _clock.ToPeriods(_clock.Now, Frequency);

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port)
    {
        int counter = port - FirstPort;
        return (uint)counter < Counters ? _counters[counter].Read(Now) : byte.MaxValue;
    }

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        ulong now = Now;
        int counter = port - FirstPort;
        if ((uint)counter < Counters) _counters[counter].Write(value, now);
        else if (port != ControlPort) return;
        else if ((counter = value >> CounterShift) == Counters) ReadBack(value, now);
        else if (!Control(counter, value, now)) return;
        if (counter == TimerCounter) Schedule(now);
    }

    /// <summary>False when it was but a latch command.</summary>
    private bool Control(int counter, byte value, ulong now)
    {
        var access = (PitAccess)(value >> AccessShift & AccessMask);
        if (access == PitAccess.Latch)
        {
            _counters[counter].LatchCount(now);
            return false;
        }
        int mode = value >> ModeShift & ModeMask;
        if (mode > (int)PitMode.HardwareStrobe) mode &= PeriodicModeMask;
        _counters[counter].Program((PitMode)mode, access, (value & Bcd) != 0);
        return true;
    }

    private void ReadBack(byte value, ulong now)
    {
        for (int i = 0; i < Counters; i++)
        {
            if ((value >> ReadBackCounterShift & 1 << i) == 0) continue;
            if ((value & ReadBackNotCount) == 0) _counters[i].LatchCount(now);
            if ((value & ReadBackNotStatus) == 0) _counters[i].LatchStatus(now);
        }
    }

    /// <summary>Counter 0 was written, or has risen: its line follows, and its next rise is waited for.</summary>
    private void Schedule(ulong now)
    {
        var counter = _counters[TimerCounter];
        _line.Set(counter.Output(now));
        ulong rise = counter.NextRise(now);
        if (rise == PitCounter.Never)
        {
            _clock.Withdraw(_rise);
            return;
        }
        ulong period = counter.Period;
        ulong earliest = _lastPeriodicInterrupt + LeastPeriod;
        if (period < LeastPeriod && rise < earliest) rise += (earliest - rise + period - 1) / period * period;
        _clock.Arm(_rise, _clock.FromPeriods(rise, Frequency));
    }

    /// <summary>Of the low phases before a rise nothing is shown but an edge, at the rise.</summary>
    private void Rise(ulong now)
    {
        _lastPeriodicInterrupt = now;
        _line.Set(false);
        _line.Set(true);
        Schedule(now);
    }

    private sealed class RiseDeadline(Pit8254 pit) : Deadline
    {
        public override void Expire(ulong now) => pit.Rise(pit._clock.ToPeriods(pit._clock.FromHost(now), Frequency));
    }
}
