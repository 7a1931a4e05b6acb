using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The ACPI fixed hardware (ACPI 6.5, 4.8.3 and 5.2.9): the PM1a event and control blocks and the power management timer. There is no legacy mode to leave: SCI_EN is
/// always set. No general-purpose events, no global lock's other side, no sleep states but S5.
/// <para>
/// The timer counts the guest's clock at 3.579545 MHz, 32 bits wide. <b>Changes of its highest bit that come while the vCPU does not run</b> are merged into one TMR_STS;
/// a deadline exists only while TMR_EN is set and TMR_STS is not.
/// </para>
/// </summary>
public sealed class AcpiPm : Device
{
    /// <summary>The timer's clocks a second.</summary>
    public const ulong TimerFrequency = 3_579_545;

    /// <summary>First port of the PM1a event block: status, then enable.</summary>
    public const ushort EventBlock = 0x600;
    /// <summary>Bytes of the event block.</summary>
    public const byte EventBlockLength = 4;
    /// <summary>First port of the PM1a control block.</summary>
    public const ushort ControlBlock = EventBlock + ControlOffset;
    /// <summary>Bytes of the control block.</summary>
    public const byte ControlBlockLength = 2;
    /// <summary>First port of the timer.</summary>
    public const ushort TimerBlock = EventBlock + TimerOffset;
    /// <summary>Bytes of the timer.</summary>
    public const byte TimerBlockLength = 4;
    /// <summary>How many ports it takes in all.</summary>
    public const byte Ports = TimerOffset + TimerBlockLength;

    /// <summary>The value of SLP_TYP that is S5: what \_S5 in the DSDT says.</summary>
    public const byte SoftOffSleepType = 5;

    // Offsets of the bytes of its registers.
    private const int EnableOffset = 2;
    private const int ControlOffset = 4;
    private const int TimerOffset = 8;
    private const int BitsPerByte = 8;

    // PM1 status and enable (4.8.3.1).
    private const ushort TimerEvent = 1 << 0;
    private const ushort PowerButtonEvent = 1 << 8;
    private const ushort EnableMask = TimerEvent | 1 << 5 | PowerButtonEvent | 1 << 9 | 1 << 10;
    // PM1 control (4.8.3.2).
    private const ushort SciEnable = 1 << 0;
    private const ushort BusMasterReload = 1 << 1;
    private const int SleepTypeShift = 10;
    private const ushort SleepTypeMask = 7;
    private const ushort SleepEnable = 1 << 13;
    private const ushort ControlMask = BusMasterReload | SleepTypeMask << SleepTypeShift;

    /// <summary>TMR_STS is set when the timer's highest bit changes: each 2^31 clocks.</summary>
    private const int HalfRangeShift = 31;

    private readonly GuestClock _clock;
    private readonly InterruptLine _sci;
    private readonly MachineControl _machine;
    private readonly TimerDeadline _deadline;
    private ushort _status;
    private ushort _enable;
    private ushort _control;
    /// <summary>Half ranges of the timer up to which TMR_STS has been set.</summary>
    private ulong _halfRanges;

    /// <summary>Fixed hardware that interrupts by <paramref name="sci"/> and switches <paramref name="machine"/> off.</summary>
    public AcpiPm(GuestClock clock, InterruptLine sci, MachineControl machine)
    {
        _clock = clock;
        _sci = sci;
        _machine = machine;
        _deadline = new TimerDeadline(this);
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "ACPI PM";

    /// <summary>Registers its ports. False when one is taken.</summary>
    public bool TryRegister(PortBus ports) => ports.TryRegister(this, EventBlock, Ports);

    /// <inheritdoc/>
    public override void Reset()
    {
        _status = 0;
        _enable = 0;
        _control = SciEnable;
        // The VM's clock is at 0 when the VM starts.
        _halfRanges = 0;
        Signal();
    }

    /// <summary>Somebody pressed the power button: the guest is asked to switch itself off.</summary>
    public void PressPowerButton()
    {
        _status |= PowerButtonEvent;
        Signal();
    }

    /// <inheritdoc/>
    public override uint ReadPort(ushort port, int size)
    {
        Collect();
        // Its registers as they lie in the ports: all of them are at hand in two words.
        ulong events = _status | (ulong)_enable << BitsPerByte * EnableOffset | (ulong)_control << BitsPerByte * ControlOffset;
        int offset = port - EventBlock;
        ulong value = offset >= TimerOffset ? (uint)Timer >> BitsPerByte * (offset - TimerOffset) : events >> BitsPerByte * offset;
        return (uint)value;
    }

    /// <inheritdoc/>
    public override void WritePort(ushort port, int size, uint value)
    {
        Collect();
        int offset = port - EventBlock;
        for (int i = 0; i < size; i++) WriteByte(offset + i, (byte)(value >> BitsPerByte * i));
        Signal();
    }

    private ulong Timer => _clock.ToPeriods(_clock.Now, TimerFrequency);

    private void WriteByte(int offset, byte value)
    {
        int shift = BitsPerByte * (offset & 1);
        switch (offset & ~1)
        {
            case 0:
                _status &= (ushort)~(value << shift);
                break;
            case EnableOffset:
                _enable = (ushort)(Replace(_enable, shift, value) & EnableMask);
                break;
            case ControlOffset:
                ushort written = Replace(_control, shift, value);
                _control = (ushort)(SciEnable | written & ControlMask);
                if ((written & SleepEnable) != 0 && (_control >> SleepTypeShift & SleepTypeMask) == SoftOffSleepType) _machine.PowerOff();
                break;
        }
    }

    private static ushort Replace(ushort register, int shift, byte value) => (ushort)(register & ~(byte.MaxValue << shift) | value << shift);

    private void Collect()
    {
        ulong halfRanges = Timer >> HalfRangeShift;
        if (halfRanges != _halfRanges) _status |= TimerEvent;
        _halfRanges = halfRanges;
    }

    private void Signal()
    {
        _sci.Set((_status & _enable) != 0);
        if ((_enable & ~_status & TimerEvent) != 0)
            _clock.Arm(_deadline, _clock.FromPeriods(_halfRanges + 1 << HalfRangeShift, TimerFrequency));
        else _clock.Withdraw(_deadline);
    }

    private sealed class TimerDeadline(AcpiPm pm) : Deadline
    {
        public override void Expire(ulong now)
        {
            pm.Collect();
            pm.Signal();
        }
    }
}
