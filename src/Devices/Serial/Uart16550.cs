using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// A 16550 serial port (National PC16550D data sheet). What is sent leaves at once, whatever the baud rate: the transmitter is always empty, and its interrupt comes
/// again right after each write.
/// <para>
/// The terminal at its other end honours RTS: what it sends waits in a bounded queue until the guest raises RTS, so input that is there before the guest's driver
/// does not fall to a FIFO reset. It never sends a break or a damaged character; its modem lines stand at "ready".
/// </para>
/// <para>The time-out interrupt comes four characters' time, at the programmed rate, after the FIFO was last touched, and then stays until it is read. Known shortcut: LCR's break bit is only stored.</para>
/// </summary>
public sealed class Uart16550 : IsaDevice
{
    /// <summary>The first port of COM1.</summary>
    public const ushort Com1 = 0x3F8;
    /// <summary>COM1's ISA interrupt.</summary>
    public const int Com1Line = 4;
    /// <summary>How many ports it takes.</summary>
    public const byte Ports = 8;

    /// <summary>How many bytes from outside can wait.</summary>
    public const int QueueCapacity = 4096;

    private const int FifoCapacity = 16;
    private const ulong BaudBase = 115_200;

    // Interrupt enable.
    private const byte EnableReceived = 1 << 0;
    private const byte EnableTransmitterEmpty = 1 << 1;
    private const byte EnableLineStatus = 1 << 2;
    private const byte EnableModemStatus = 1 << 3;
    private const byte EnableMask = 0xF;
    // Interrupt identification, the highest priority first.
    private const byte LineStatusPending = 0b0110;
    private const byte ReceivedPending = 0b0100;
    private const byte TimeOutPending = 0b1100;
    private const byte TransmitterEmptyPending = 0b0010;
    private const byte ModemStatusPending = 0b0000;
    private const byte NonePending = 0b0001;
    private const byte FifosEnabled = 0b1100_0000;
    // FIFO control.
    private const byte FifoEnable = 1 << 0;
    private const byte FifoClearReceiver = 1 << 1;
    private const int FifoTriggerShift = 6;
    // Line control.
    private const byte WordLengthMask = 3;
    private const byte StopBits = 1 << 2;
    private const byte Parity = 1 << 3;
    private const byte DivisorLatch = 1 << 7;
    private const int FewestDataBits = 5;
    private const int TimeOutCharacters = 4;
    // Modem control.
    private const byte DataTerminalReady = 1 << 0;
    private const byte RequestToSend = 1 << 1;
    private const byte Out1 = 1 << 2;
    private const byte Out2 = 1 << 3;
    private const byte Loopback = 1 << 4;
    private const byte ModemControlMask = 0x1F;
    // Line status.
    private const byte DataReady = 1 << 0;
    private const byte Overrun = 1 << 1;
    private const byte TransmitterEmpty = 1 << 5 | 1 << 6;
    // Modem status: the lower half says what has changed.
    private const byte ClearToSend = 1 << 4;
    private const byte DataSetReady = 1 << 5;
    private const byte RingIndicator = 1 << 6;
    private const byte CarrierDetect = 1 << 7;
    private const byte TerminalLines = ClearToSend | DataSetReady | CarrierDetect;
    private const byte RingEnded = 1 << 2;
    private const int ModemDeltaShift = 4;
    private const byte ModemLines = 0xF0;

    private readonly GuestClock _clock;
    private readonly InterruptLine _line;
    private readonly ByteSink _sink;
    private readonly ushort _firstPort;
    private readonly TimeOutDeadline _timeOut;
    private readonly ByteQueue _outside = new(QueueCapacity);
    private readonly ByteQueue _fifo = new(FifoCapacity);

    private byte _enables;
    private byte _lineControl;
    private byte _modemControl;
    private byte _modemStatus;
    private byte _scratch;
    private ushort _divisor;
    private bool _fifoEnabled;
    private byte _triggerSelect;
    private bool _overrun;
    private bool _timedOut;
    private bool _transmitterInterrupt;

    /// <summary>A serial port at <paramref name="firstPort"/> that prints to <paramref name="sink"/>.</summary>
    public Uart16550(GuestClock clock, InterruptLine line, ushort firstPort, ByteSink sink)
    {
        _clock = clock;
        _line = line;
        _firstPort = firstPort;
        _sink = sink;
        _timeOut = new TimeOutDeadline(this);
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "16550";

    /// <summary>Registers its ports. False when one is taken.</summary>
    public bool TryRegister(PortBus ports) => ports.TryRegister(this, _firstPort, Ports);

    /// <summary>Master reset (table I of the data sheet). What waits outside still waits.</summary>
    public override void Reset()
    {
        _enables = 0;
        _lineControl = 0;
        _modemControl = 0;
        _modemStatus = TerminalLines;
        _scratch = 0;
        _divisor = 1;
        _fifoEnabled = false;
        _triggerSelect = 0;
        _overrun = false;
        _transmitterInterrupt = false;
        ClearReceiver();
        Signal();
    }

    /// <summary>A byte from outside: the console's input. False, and dropped, when too many wait already.</summary>
    public bool Receive(byte value)
    {
        if (!_outside.TryAdd(value)) return false;
        Fill();
        Signal();
        return true;
    }

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port)
    {
        bool divisorLatch = (_lineControl & DivisorLatch) != 0;
        switch ((UartRegister)(port - _firstPort))
        {
            case UartRegister.Data:
                return divisorLatch ? (byte)_divisor : ReadData();
            case UartRegister.InterruptEnable:
                return divisorLatch ? (byte)(_divisor >> 8) : _enables;
            case UartRegister.InterruptIdentification:
                byte pending = Pending;
                if (pending == TransmitterEmptyPending)
                {
                    _transmitterInterrupt = false;
                    Signal();
                }
                return (byte)(pending | (_fifoEnabled ? FifosEnabled : 0));
            case UartRegister.LineControl: return _lineControl;
            case UartRegister.ModemControl: return _modemControl;
            case UartRegister.LineStatus:
                byte status = (byte)(TransmitterEmpty | (_fifo.Count > 0 ? DataReady : 0) | (_overrun ? Overrun : 0));
                _overrun = false;
                Signal();
                return status;
            case UartRegister.ModemStatus:
                byte modem = _modemStatus;
                _modemStatus &= ModemLines;
                Signal();
                return modem;
            case UartRegister.Scratch: return _scratch;
            default: return byte.MaxValue;
        }
    }

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        bool divisorLatch = (_lineControl & DivisorLatch) != 0;
        switch ((UartRegister)(port - _firstPort))
        {
            case UartRegister.Data:
                if (divisorLatch) _divisor = (ushort)(_divisor & 0xFF00 | value);
                else Transmit(value);
                break;
            case UartRegister.InterruptEnable:
                if (divisorLatch)
                {
                    _divisor = (ushort)(_divisor & 0x00FF | value << 8);
                    break;
                }
                // The transmitter is empty: enabling its interrupt raises it.
                if ((value & ~_enables & EnableTransmitterEmpty) != 0) _transmitterInterrupt = true;
                _enables = (byte)(value & EnableMask);
                break;
            case UartRegister.InterruptIdentification: WriteFifoControl(value); break;
            case UartRegister.LineControl: _lineControl = value; break;
            case UartRegister.ModemControl: WriteModemControl(value); break;
            case UartRegister.Scratch: _scratch = value; break;
            default: return;
        }
        Signal();
    }

    private int Capacity => _fifoEnabled ? FifoCapacity : 1;

    private int TriggerLevel => !_fifoEnabled ? 1 : _triggerSelect switch { 0 => 1, 1 => 4, 2 => 8, _ => 14 };

    /// <summary>The interrupt of the highest priority (table III).</summary>
    private byte Pending
    {
        get
        {
            if (_overrun && (_enables & EnableLineStatus) != 0) return LineStatusPending;
            if ((_enables & EnableReceived) != 0)
            {
                if (_fifo.Count >= TriggerLevel) return ReceivedPending;
                if (_timedOut) return TimeOutPending;
            }
            if (_transmitterInterrupt && (_enables & EnableTransmitterEmpty) != 0) return TransmitterEmptyPending;
            if ((_modemStatus & ~ModemLines) != 0 && (_enables & EnableModemStatus) != 0) return ModemStatusPending;
            return NonePending;
        }
    }

    /// <summary>On a PC, OUT2 lets the interrupt through; in loopback its pin is inactive.</summary>
    private void Signal() => _line.Set(Pending != NonePending && (_modemControl & (Out2 | Loopback)) == Out2);

    private void Transmit(byte value)
    {
        _transmitterInterrupt = true;
        if ((_modemControl & Loopback) == 0)
        {
            _sink.Write(value);
            return;
        }
        if (_fifo.Count == Capacity)
        {
            // Without FIFOs the new character replaces the old one; a full FIFO keeps what it has.
            _overrun = true;
            if (_fifoEnabled) return;
            _fifo.Clear();
        }
        _fifo.TryAdd(value);
        Received();
    }

    private byte ReadData()
    {
        byte value = _fifo.Take();
        FifoTouched();
        Fill();
        Signal();
        return value;
    }

    /// <summary>Takes over what waits outside, as far as there is room and the guest is ready.</summary>
    private void Fill()
    {
        if ((_modemControl & (RequestToSend | Loopback)) != RequestToSend) return;
        bool taken = false;
        while (_outside.Count > 0 && _fifo.Count < Capacity) taken = _fifo.TryAdd(_outside.Take());
        if (taken) Received();
    }

    private void ClearReceiver()
    {
        _fifo.Clear();
        FifoTouched();
    }

    private void WriteFifoControl(byte value)
    {
        bool enable = (value & FifoEnable) != 0;
        if (enable != _fifoEnabled)
        {
            _fifoEnabled = enable;
            ClearReceiver();
        }
        else if ((value & FifoClearReceiver) != 0 && enable)
        {
            ClearReceiver();
        }
        // The other bits are taken only together with the enable bit.
        if (enable) _triggerSelect = (byte)(value >> FifoTriggerShift);
        FifoTouched();
        Fill();
    }

    private void WriteModemControl(byte value)
    {
        _modemControl = (byte)(value & ModemControlMask);
        byte lines = TerminalLines;
        if ((value & Loopback) != 0)
        {
            lines = 0;
            if ((value & RequestToSend) != 0) lines |= ClearToSend;
            if ((value & DataTerminalReady) != 0) lines |= DataSetReady;
            if ((value & Out1) != 0) lines |= RingIndicator;
            if ((value & Out2) != 0) lines |= CarrierDetect;
        }
        byte changed = (byte)((_modemStatus ^ lines) & ModemLines);
        byte deltas = (byte)(changed >> ModemDeltaShift);
        // Of the ring indicator only the end of a ring counts.
        if ((lines & RingIndicator) != 0) deltas &= unchecked((byte)~RingEnded);
        _modemStatus = (byte)(lines | _modemStatus & ~ModemLines | deltas);
        Fill();
    }

    /// <summary>
    /// More has come. A time-out that has come already is not taken back: only a read ends it (the data sheet's "FIFO interrupt mode operation"), and the
    /// guest's handler, on its way, would find nothing.
    /// </summary>
    private void Received()
    {
        if (!_timedOut) FifoTouched();
    }

    /// <summary>The FIFO was read or filled: the time to its time-out begins anew, if it holds something below its trigger.</summary>
    private void FifoTouched()
    {
        _timedOut = false;
        if (_fifoEnabled && _fifo.Count > 0 && _fifo.Count < TriggerLevel) _clock.Arm(_timeOut, _clock.Now + TimeOutTicks);
        else _clock.Withdraw(_timeOut);
    }

    private ulong TimeOutTicks
    {
        get
        {
            int bits = 1 + FewestDataBits + (_lineControl & WordLengthMask) + ((_lineControl & Parity) != 0 ? 1 : 0) + ((_lineControl & StopBits) != 0 ? 2 : 1);
            ulong divisor = _divisor == 0 ? 1u : _divisor;
            return _clock.FromPeriods((ulong)(TimeOutCharacters * bits) * divisor, BaudBase);
        }
    }

    private sealed class TimeOutDeadline(Uart16550 uart) : Deadline
    {
        public override void Expire(ulong now)
        {
            uart._timedOut = true;
            uart.Signal();
        }
    }
}
