namespace Lamina.Devices;

/// <summary>
/// One counter of an 8254 (Intel 8254 data sheet, order number 231164). It does not tick: it knows at which clock it was loaded, and from the clock now
/// follow its value and its output. All times are clocks of its CLK input since the VM's start, the same for all counters.
/// <para>A count that is out of the BCD digits' range counts with their weights; a count of 1 in modes 2 and 3, which the data sheet forbids, stays high.</para>
/// </summary>
internal sealed class PitCounter
{
    /// <summary>No such clock: <see cref="NextRise"/>.</summary>
    public const ulong Never = ulong.MaxValue;

    private const uint BinaryRange = 0x1_0000;
    private const uint BcdRange = 10_000;
    private const int ByteBits = 8;
    private const byte StatusOutput = 1 << 7;
    private const byte StatusNullCount = 1 << 6;
    private const int StatusAccessShift = 4;
    private const int StatusModeShift = 1;

    private PitMode _mode;
    private PitAccess _access;
    private bool _bcd;
    private bool _gate;

    /// <summary>Whether there is a count at all: not before the first one was written after a control word.</summary>
    private bool _loaded;
    /// <summary>Whether GATE (or a count half written, in mode 0) holds the count at <see cref="_heldElapsed"/>.</summary>
    private bool _held;
    private ulong _heldElapsed;
    /// <summary>The count now counting, 1 to 65,536, and the clock at which it was loaded.</summary>
    private uint _count;
    private ulong _loadedAt;
    /// <summary>A count that waits for the end of a period (modes 2 and 3) or for a trigger (1 and 5); 0 is none.</summary>
    private uint _nextCount;
    private ulong _nextAt;

    private byte _writtenLow;
    private bool _writeHigh;
    private bool _readHigh;
    private byte _latchedBytes;
    private ushort _latchedCount;
    private bool _statusLatched;
    private byte _latchedStatus;

    /// <summary>Power-on. The data sheet leaves all open until the first control word: here its output is high and it does not count.</summary>
    public void Reset(bool gate)
    {
        _gate = gate;
        Program(PitMode.SquareWave, PitAccess.LowThenHigh, bcd: false);
    }

    /// <summary>Writes a control word other than a latch command.</summary>
    public void Program(PitMode mode, PitAccess access, bool bcd)
    {
        _mode = mode;
        _access = access;
        _bcd = bcd;
        _loaded = false;
        _held = false;
        _count = 0;
        _nextCount = 0;
        _writeHigh = false;
        _readHigh = false;
        _latchedBytes = 0;
        _statusLatched = false;
    }

    /// <summary>GATE.</summary>
    public bool Gate => _gate;

    /// <summary>Sets GATE at a clock.</summary>
    public void SetGate(bool gate, ulong now)
    {
        if (gate == _gate) return;
        Settle(now);
        if (!gate) Hold(now);
        _gate = gate;
        if (!gate) return;
        switch (_mode)
        {
            case PitMode.OneShot or PitMode.HardwareStrobe:
                if (_nextCount != 0) _count = _nextCount;
                _nextCount = 0;
                if (_count == 0) break;
                _loaded = true;
                _loadedAt = now + 1;
                break;
            case PitMode.RateGenerator or PitMode.SquareWave:
                // It starts a new period; a new count is taken.
                if (_nextCount != 0) _count = _nextCount;
                _nextCount = 0;
                _held = false;
                _loadedAt = now + 1;
                break;
            default:
                Release(now);
                break;
        }
    }

    /// <summary>Writes a byte of a count.</summary>
    public void Write(byte value, ulong now)
    {
        Settle(now);
        switch (_access)
        {
            case PitAccess.Low: Load(value, now); break;
            case PitAccess.High: Load((ushort)(value << ByteBits), now); break;
            default:
                _writeHigh = !_writeHigh;
                if (_writeHigh)
                {
                    _writtenLow = value;
                    // In mode 0 the first of two bytes stops the count and its output is low at once.
                    if (_mode != PitMode.TerminalCount || !_loaded) break;
                    Hold(now);
                    _loaded = false;
                }
                else
                {
                    Load((ushort)(value << ByteBits | _writtenLow), now);
                }
                break;
        }
    }

    /// <summary>Reads a latched status, a latched count, or the count.</summary>
    public byte Read(ulong now)
    {
        if (_statusLatched)
        {
            _statusLatched = false;
            return _latchedStatus;
        }
        ushort value = _latchedBytes > 0 ? _latchedCount : Count(now);
        if (_latchedBytes > 0) _latchedBytes--;
        bool high = _access == PitAccess.High || (_access == PitAccess.LowThenHigh && _readHigh);
        _readHigh = !_readHigh;
        return (byte)(high ? value >> ByteBits : value);
    }

    /// <summary>Latches the count until it is read; nothing happens while one is latched.</summary>
    public void LatchCount(ulong now)
    {
        if (_latchedBytes > 0) return;
        _latchedCount = Count(now);
        _latchedBytes = (byte)(_access == PitAccess.LowThenHigh ? 2 : 1);
    }

    /// <summary>Latches the status until it is read; nothing happens while one is latched.</summary>
    public void LatchStatus(ulong now)
    {
        if (_statusLatched) return;
        Settle(now);
        bool nullCount = !_loaded || _nextCount != 0 || IsLoading(now);
        _latchedStatus = (byte)((Output(now) ? StatusOutput : 0) | (nullCount ? StatusNullCount : 0)
            | (int)_access << StatusAccessShift | (int)_mode << StatusModeShift | (_bcd ? 1 : 0));
        _statusLatched = true;
    }

    /// <summary>OUT at a clock.</summary>
    public bool Output(ulong now)
    {
        Settle(now);
        if (!_loaded) return _mode != PitMode.TerminalCount;
        ulong elapsed = Elapsed(now);
        switch (_mode)
        {
            case PitMode.TerminalCount: return elapsed >= _count;
            case PitMode.OneShot: return IsLoading(now) || elapsed >= _count;
            case PitMode.RateGenerator: return !_gate || elapsed % _count != _count - 1 || _count == 1;
            case PitMode.SquareWave: return !_gate || elapsed % _count < HighPart(_count);
            default: return elapsed != _count;
        }
    }

    /// <summary>The first clock after <paramref name="now"/> at which OUT rises if nothing is written, or <see cref="Never"/>.</summary>
    public ulong NextRise(ulong now)
    {
        Settle(now);
        if (!_loaded || _held) return Never;
        ulong rise;
        switch (_mode)
        {
            case PitMode.TerminalCount or PitMode.OneShot:
                rise = _loadedAt + _count;
                return rise > now ? rise : Never;
            case PitMode.RateGenerator or PitMode.SquareWave:
                // A new count taken at the end of the high half is followed by its own low half.
                if (_nextCount != 0) return _nextAt + (AtHighHalf(_nextAt - 1) ? _nextCount - HighPart(_nextCount) : 0);
                if (_count == 1) return Never;
                return IsLoading(now) ? _loadedAt + _count : now + (_count - Elapsed(now) % _count);
            default:
                rise = _loadedAt + _count + 1;
                return rise > now ? rise : Never;
        }
    }

    /// <summary>How many clocks lie between two rises, or <see cref="Never"/> in the modes that do not repeat.</summary>
    public ulong Period => _loaded && _mode is PitMode.RateGenerator or PitMode.SquareWave ? _count : Never;

    private uint Range => _bcd ? BcdRange : BinaryRange;

    private static uint HighPart(uint count) => count - count / 2;

    private bool AtHighHalf(ulong at) => _mode == PitMode.SquareWave && Elapsed(at) % _count < HighPart(_count);

    /// <summary>
    /// Whether a count that was written will be loaded at the next clock. The sign of the difference is asked, not the order of the two: a switch within
    /// a period of mode 3 can put the start before clock 0.
    /// </summary>
    private bool IsLoading(ulong now) => (long)(now - _loadedAt) < 0;

    private ulong Elapsed(ulong now)
    {
        if (_held) return _heldElapsed;
        return IsLoading(now) ? 0 : now - _loadedAt;
    }

    /// <summary>Takes a waiting count if its time has come (modes 2 and 3).</summary>
    private void Settle(ulong now)
    {
        if (_nextCount == 0 || _mode is not (PitMode.RateGenerator or PitMode.SquareWave) || _held || now < _nextAt) return;
        bool lowHalfFollows = AtHighHalf(_nextAt - 1);
        _loadedAt = lowHalfFollows ? _nextAt - HighPart(_nextCount) : _nextAt;
        _count = _nextCount;
        _nextCount = 0;
    }

    private void Load(ushort written, ulong now)
    {
        uint count = _bcd ? FromBcd(written) : written;
        if (count == 0) count = Range;
        switch (_mode)
        {
            case PitMode.OneShot or PitMode.HardwareStrobe:
                // It waits for a rise of GATE.
                _nextCount = count;
                return;
            case PitMode.RateGenerator or PitMode.SquareWave when _loaded && !IsLoading(now):
                _nextCount = count;
                _nextAt = EndOfPart(now);
                return;
        }
        _count = count;
        _loadedAt = now + 1;
        _loaded = true;
        _held = false;
        if (!_gate) Hold(_loadedAt);
    }

    /// <summary>The clock at which the current period (mode 2) or half of it (mode 3) ends.</summary>
    private ulong EndOfPart(ulong now)
    {
        ulong phase = Elapsed(now) % _count;
        ulong start = (IsLoading(now) ? _loadedAt : now) - phase;
        return start + (_mode == PitMode.SquareWave && phase < HighPart(_count) ? HighPart(_count) : _count);
    }

    private void Hold(ulong now)
    {
        if (!_loaded || _mode is PitMode.OneShot or PitMode.HardwareStrobe) return;
        _heldElapsed = Elapsed(now);
        _held = true;
    }

    private void Release(ulong now)
    {
        if (!_held) return;
        _held = false;
        if (!IsLoading(now)) _loadedAt = now - _heldElapsed;
    }

    private ushort Count(ulong now)
    {
        Settle(now);
        if (_count == 0) return 0;
        ulong elapsed = Elapsed(now);
        uint value;
        switch (_mode)
        {
            case PitMode.RateGenerator:
                value = _count - (uint)(elapsed % _count);
                break;
            case PitMode.SquareWave:
                // It counts by two; an odd count begins each half one lower.
                uint phase = (uint)(elapsed % _count);
                if (phase >= HighPart(_count)) phase -= HighPart(_count);
                value = (_count & ~1u) - 2 * phase;
                break;
            default:
                value = _count - (uint)(elapsed % Range) + Range;
                break;
        }
        value %= Range;
        return _bcd ? ToBcd(value) : (ushort)value;
    }

    private static uint FromBcd(ushort digits) => Digit(digits, 0) + Digit(digits, 1) * 10 + Digit(digits, 2) * 100 + Digit(digits, 3) * 1000;

    private static uint Digit(uint digits, int position) => digits >> 4 * position & 0xF;

    private static ushort ToBcd(uint value) => (ushort)(value % 10 | value / 10 % 10 << 4 | value / 100 % 10 << 8 | value / 1000 % 10 << 12);
}
