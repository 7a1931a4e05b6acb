using System;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The real-time clock MC146818 with 128 bytes of battery-backed memory, at ports 0x70 and 0x71 (Motorola MC146818 data sheet, ADI-856).
/// It keeps the time that the host gave when it was made, and what the guest sets. As its battery would, it goes on by the CPU's TSC when the VM's clock
/// begins at 0 again after a reset.
/// <para>
/// <b>Ticks that come while the vCPU does not run</b> are merged: each of the three flags of register C says that its event came at least once since C was read. So
/// there is one interrupt at most until the guest reads C, and a deadline only while an enabled flag is still clear.
/// </para>
/// <para>Known shortcuts: no daylight saving (DSE), no square wave output; the day of the week follows the date.</para>
/// </summary>
public sealed class Cmos : IsaDevice
{
    /// <summary>Its first port.</summary>
    public const ushort FirstPort = IndexPort;
    /// <summary>How many ports it takes.</summary>
    public const byte Ports = 2;

    private const ushort IndexPort = 0x70;
    private const ushort DataPort = 0x71;
    private const byte NmiMask = 1 << 7;
    private const byte IndexMask = 0x7F;
    private const int Size = 128;

    // Register A.
    private const byte UpdateInProgress = 1 << 7;
    private const int DividerShift = 4;
    private const byte DividerMask = 7;
    private const byte DividerRunning = 0b010;
    private const byte RateMask = 0xF;
    private const byte DefaultA = DividerRunning << DividerShift | 6;
    // Register B; the enables have the places of their flags in register C.
    private const byte Set = 1 << 7;
    private const byte Binary = 1 << 2;
    private const byte Hours24 = 1 << 1;
    private const byte SquareWave = 1 << 3;
    // Register C.
    private const byte InterruptFlag = 1 << 7;
    private const byte PeriodicFlag = 1 << 6;
    private const byte AlarmFlag = 1 << 5;
    private const byte UpdateFlag = 1 << 4;
    private const byte Flags = PeriodicFlag | AlarmFlag | UpdateFlag;
    // Register D.
    private const byte ValidRamAndTime = 1 << 7;

    private const byte HoursPm = 1 << 7;
    private const int HoursPerHalfDay = 12;
    private const int YearsPerCentury = 100;
    /// <summary>An alarm byte from 0xC0 on matches any value.</summary>
    private const byte AlarmDoNotCare = 0xC0;

    /// <summary>The chain's input, from which the periodic rates are divided.</summary>
    private const ulong CrystalFrequency = 32_768;
    /// <summary>Rates 1 and 2 repeat 8 and 9 with this crystal.</summary>
    private const int FirstRate = 3;
    private const int RepeatedRates = 7;
    /// <summary>UIP is set 244 µs, 8 clocks of the crystal, before the update.</summary>
    private const ulong UpdateWarning = 8;

    private readonly GuestClock _clock;
    private readonly InterruptLine _line;
    private readonly EventDeadline _deadline;
    private readonly byte[] _bytes = new byte[Size];
    private byte _index;

    /// <summary>The tick at which the divider chain was at 0: seconds and periods are counted from there.</summary>
    private ulong _chainStart;
    /// <summary>The time when the chain had done <see cref="_secondsAt"/> seconds; it moves on from there while it runs.</summary>
    private long _seconds;
    private ulong _secondsAt;
    /// <summary>Up to where events have been turned into flags: periods of the crystal, in the chain.</summary>
    private ulong _flaggedUpTo;

    /// <summary>
    /// A clock that says <paramref name="epochSeconds"/> (since 1970, UTC) now, and memory bytes that describe <paramref name="memory"/>.
    /// </summary>
    public Cmos(GuestClock clock, InterruptLine line, long epochSeconds, GuestMemory memory)
    {
        _clock = clock;
        _line = line;
        _deadline = new EventDeadline(this);
        _seconds = epochSeconds;
        _chainStart = Ticks;
        this[CmosRegister.A] = DefaultA;
        this[CmosRegister.B] = Hours24;
        this[CmosRegister.D] = ValidRamAndTime;
        CmosMemorySizes.Write(_bytes, memory);
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "CMOS";

    /// <summary>Whether the guest has masked NMI by bit 7 of port 0x70. No device here raises one.</summary>
    public bool IsNmiMasked { get; private set; }

    /// <summary>Registers its ports. False when one is taken.</summary>
    public bool TryRegister(PortBus ports) => ports.TryRegister(this, FirstPort, Ports);

    /// <summary>RESET: interrupts off. Time and memory are kept by the battery.</summary>
    public override void Reset()
    {
        this[CmosRegister.B] &= unchecked((byte)~(Flags | SquareWave));
        this[CmosRegister.C] = 0;
        _flaggedUpTo = CrystalPeriods;
        _index = 0;
        IsNmiMasked = false;
        Signal();
    }

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port)
    {
        // The index port is write-only: the AT's bus floats.
        if (port != DataPort) return byte.MaxValue;
        var register = (CmosRegister)_index;
        switch (register)
        {
            case CmosRegister.A:
                return (byte)(this[register] | (IsUpdateInProgress ? UpdateInProgress : 0));
            case CmosRegister.C:
                Collect();
                byte flags = this[register];
                this[register] = 0;
                Signal();
                return flags;
            default:
                if (IsTime(register) && IsRunning) ShowTime();
                return this[register];
        }
    }

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        if (port == IndexPort)
        {
            _index = (byte)(value & IndexMask);
            IsNmiMasked = (value & NmiMask) != 0;
            return;
        }
        if (port != DataPort) return;
        Collect();
        var register = (CmosRegister)_index;
        switch (register)
        {
            case CmosRegister.A: WriteA(value); break;
            case CmosRegister.B: WriteB(value); break;
            case CmosRegister.C or CmosRegister.D: break;
            default: WriteTimeOrMemory(register, value); break;
        }
        Signal();
    }

    private ref byte this[CmosRegister register] => ref _bytes[(byte)register];

    private bool IsChainRunning => (this[CmosRegister.A] >> DividerShift & DividerMask) == DividerRunning;

    /// <summary>Whether the time is updated each second.</summary>
    private bool IsRunning => IsChainRunning && (this[CmosRegister.B] & Set) == 0;

    /// <summary>The CPU's TSC, at the rate of the VM's clock.</summary>
    private ulong Ticks => _clock.Now - _clock.Offset;

    /// <summary>What the divider chain has counted.</summary>
    private ulong CrystalPeriods => _clock.ToPeriods(Ticks - _chainStart, CrystalFrequency);

    private long Time => _seconds + (long)(CrystalPeriods / CrystalFrequency - _secondsAt);

    private bool IsUpdateInProgress => IsRunning && CrystalPeriods % CrystalFrequency >= CrystalFrequency - UpdateWarning;

    private static bool IsTime(CmosRegister register) => register is CmosRegister.Century
        or <= CmosRegister.Year and not (CmosRegister.SecondsAlarm or CmosRegister.MinutesAlarm or CmosRegister.HoursAlarm);

    private void WriteA(byte value)
    {
        bool wasRunning = IsRunning, chainWasRunning = IsChainRunning;
        if (wasRunning) ShowTime();
        this[CmosRegister.A] = (byte)(value & ~UpdateInProgress);
        if (!chainWasRunning && IsChainRunning)
        {
            // The first update comes half a second after the divider is let go.
            _chainStart = Ticks - _clock.Frequency / 2;
            _flaggedUpTo = CrystalPeriods;
        }
        if (!wasRunning && IsRunning) TakeTime();
    }

    private void WriteB(byte value)
    {
        bool wasRunning = IsRunning;
        if (wasRunning) ShowTime();
        // SET turns the update interrupt off.
        this[CmosRegister.B] = (byte)((value & Set) != 0 ? value & ~UpdateFlag : value);
        if (IsRunning) TakeTime();
    }

    private void WriteTimeOrMemory(CmosRegister register, byte value)
    {
        bool sets = IsTime(register) && IsRunning;
        if (sets) ShowTime();
        this[register] = value;
        if (sets) TakeTime();
    }

    /// <summary>Puts the time into the bytes, in the format that register B says.</summary>
    private void ShowTime()
    {
        var time = CmosTime.FromSeconds(Time);
        this[CmosRegister.Seconds] = Encode(time.Second);
        this[CmosRegister.Minutes] = Encode(time.Minute);
        this[CmosRegister.Hours] = EncodeHour(time.Hour);
        this[CmosRegister.Weekday] = Encode(time.Weekday);
        this[CmosRegister.Day] = Encode(time.Day);
        this[CmosRegister.Month] = Encode(time.Month);
        this[CmosRegister.Year] = Encode(time.Year % YearsPerCentury);
        this[CmosRegister.Century] = Encode(time.Year / YearsPerCentury);
    }

    /// <summary>Takes the time from the bytes.</summary>
    private void TakeTime()
    {
        _seconds = new CmosTime
        {
            Second = Decode(this[CmosRegister.Seconds]),
            Minute = Decode(this[CmosRegister.Minutes]),
            Hour = DecodeHour(this[CmosRegister.Hours]),
            Day = Decode(this[CmosRegister.Day]),
            Month = Decode(this[CmosRegister.Month]),
            Year = Decode(this[CmosRegister.Year]) + Decode(this[CmosRegister.Century]) * YearsPerCentury,
        }.ToSeconds();
        _secondsAt = CrystalPeriods / CrystalFrequency;
    }

    private bool Is(byte modeOfB) => (this[CmosRegister.B] & modeOfB) != 0;

    private byte Encode(int value) => (byte)(Is(Binary) ? value : value / 10 << 4 | value % 10);

    private int Decode(byte value) => Is(Binary) ? value : (value >> 4) * 10 + (value & 0xF);

    private byte EncodeHour(int hour)
    {
        if (Is(Hours24)) return Encode(hour);
        int shown = hour % HoursPerHalfDay == 0 ? HoursPerHalfDay : hour % HoursPerHalfDay;
        return (byte)(Encode(shown) | (hour >= HoursPerHalfDay ? HoursPm : 0));
    }

    private int DecodeHour(byte value)
    {
        if (Is(Hours24)) return Decode(value);
        return Decode((byte)(value & ~HoursPm)) % HoursPerHalfDay + ((value & HoursPm) != 0 ? HoursPerHalfDay : 0);
    }

    /// <summary>Crystal clocks from one periodic event to the next, or 0 for none: register A's rate.</summary>
    private ulong PeriodicInterval
    {
        get
        {
            int rate = this[CmosRegister.A] & RateMask;
            if (rate == 0) return 0;
            if (rate < FirstRate) rate += RepeatedRates;
            return 1UL << (rate - 1);
        }
    }

    /// <summary>Turns what has happened since the last time into flags.</summary>
    private void Collect()
    {
        if (!IsChainRunning) return;
        ulong now = CrystalPeriods;
        if (NextPeriodic <= now) this[CmosRegister.C] |= PeriodicFlag;
        if (NextUpdate <= now) this[CmosRegister.C] |= UpdateFlag;
        if (NextAlarm <= now) this[CmosRegister.C] |= AlarmFlag;
        _flaggedUpTo = now;
    }

    // The next events after what has been collected, in crystal periods of the chain; MaxValue for never.

    private ulong NextPeriodic => PeriodicInterval == 0 ? ulong.MaxValue : (_flaggedUpTo / PeriodicInterval + 1) * PeriodicInterval;

    private ulong NextUpdate => IsRunning ? (_flaggedUpTo / CrystalFrequency + 1) * CrystalFrequency : ulong.MaxValue;

    private ulong NextAlarm
    {
        get
        {
            if (!IsRunning) return ulong.MaxValue;
            ulong second = _flaggedUpTo / CrystalFrequency;
            long time = _seconds + (long)(second - _secondsAt);
            int wait = SecondsToAlarm(CmosTime.FromSeconds(time + 1));
            return wait < 0 ? ulong.MaxValue : (second + 1 + (ulong)wait) * CrystalFrequency;
        }
    }

    /// <summary>Seconds from a time until the alarm's bytes match, 0 if they do then; -1 when they never do.</summary>
    private int SecondsToAlarm(in CmosTime from)
    {
        int start = (from.Hour * 60 + from.Minute) * 60 + from.Second;
        for (int hours = 0; hours <= 24; hours++)
        {
            int hour = (from.Hour + hours) % 24;
            if (!HourMatches(hour)) continue;
            bool isFirst = hours == 0;
            int minute = NextMatch(CmosRegister.MinutesAlarm, isFirst ? from.Minute : 0);
            int second = NextMatch(CmosRegister.SecondsAlarm, isFirst && minute == from.Minute ? from.Second : 0);
            if (minute >= 0 && second < 0)
            {
                // Not in that minute any more.
                minute = minute < 59 ? NextMatch(CmosRegister.MinutesAlarm, minute + 1) : -1;
                second = NextMatch(CmosRegister.SecondsAlarm, 0);
            }
            if (minute < 0 || second < 0) continue;
            return ((from.Hour + hours) * 60 + minute) * 60 + second - start;
        }
        return -1;
    }

    private bool HourMatches(int hour)
    {
        byte alarm = this[CmosRegister.HoursAlarm];
        return alarm >= AlarmDoNotCare || DecodeHour(alarm) == hour;
    }

    /// <summary>The first of <paramref name="from"/> to 59 that an alarm byte matches, or -1.</summary>
    private int NextMatch(CmosRegister register, int from)
    {
        byte alarm = this[register];
        if (alarm >= AlarmDoNotCare) return from;
        int value = Decode(alarm);
        return value >= from && value < 60 ? value : -1;
    }

    /// <summary>Sets the line as flags and enables say, and the deadline for the next event that would raise it.</summary>
    private void Signal()
    {
        ref byte flags = ref this[CmosRegister.C];
        byte enabled = (byte)(this[CmosRegister.B] & Flags);
        bool requests = (flags & enabled) != 0;
        flags = (byte)(requests ? flags | InterruptFlag : flags & ~InterruptFlag);
        _line.Set(requests);

        ulong next = ulong.MaxValue;
        if (!requests && IsChainRunning)
        {
            if ((enabled & PeriodicFlag) != 0) next = Math.Min(next, NextPeriodic);
            if ((enabled & UpdateFlag) != 0) next = Math.Min(next, NextUpdate);
            if ((enabled & AlarmFlag) != 0) next = Math.Min(next, NextAlarm);
        }
        if (next == ulong.MaxValue) _clock.Withdraw(_deadline);
        else _clock.Arm(_deadline, _clock.FromHost(_chainStart + _clock.FromPeriods(next, CrystalFrequency)));
    }

    private sealed class EventDeadline(Cmos cmos) : Deadline
    {
        public override void Expire(ulong now)
        {
            cmos.Collect();
            cmos.Signal();
        }
    }
}
