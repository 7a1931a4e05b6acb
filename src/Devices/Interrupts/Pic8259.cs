using System.Numerics;

namespace Lamina.Devices;

/// <summary>
/// One 8259A interrupt controller, without its wiring (Intel 8259A data sheet, order number 231468). The trigger mode comes from outside, for each input
/// (<see cref="LevelTriggered"/>), as on every chipset with ELCR; ICW1's LTIM is ignored.
/// <para>
/// Known difference: an edge is remembered until it is acknowledged, even if the line falls before. The data sheet asks for the line to stay high; chipsets
/// and their emulators remember it, and devices here that pulse their line count on that.
/// </para>
/// </summary>
internal sealed class Pic8259
{
    private const int Inputs = 8;
    private const byte SpuriousInput = 7;

    // ICW1, when bit 4 is set in a write with A0 = 0.
    private const byte Icw1 = 1 << 4;
    private const byte Icw1Single = 1 << 1;
    private const byte Icw1NeedsIcw4 = 1 << 0;
    // ICW2: the upper five bits of the vector.
    private const byte VectorMask = 0xF8;
    // ICW4.
    private const byte Icw4AutoEoi = 1 << 1;
    private const byte Icw4SpecialFullyNested = 1 << 4;
    // OCW3, when bit 3 is set in a write with A0 = 0; else it is OCW2.
    private const byte Ocw3 = 1 << 3;
    private const byte Ocw3SetSpecialMask = 1 << 6;
    private const byte Ocw3SpecialMask = 1 << 5;
    private const byte Ocw3Poll = 1 << 2;
    private const byte Ocw3SetRead = 1 << 1;
    private const byte Ocw3ReadIsr = 1 << 0;
    // OCW2.
    private const byte LevelMask = 7;
    private const int Ocw2CommandShift = 5;
    private const byte PollInterrupt = 1 << 7;

    private enum Ocw2 : byte
    {
        StopRotatingOnAutoEoi = 0,
        NonSpecificEoi = 1,
        SpecificEoi = 3,
        RotateOnAutoEoi = 4,
        RotateOnNonSpecificEoi = 5,
        SetPriority = 6,
        RotateOnSpecificEoi = 7,
    }

    private enum Initialization : byte { Never, Icw2, Icw3, Icw4, Done }

    private Initialization _initialization;
    private bool _single;
    private bool _needsIcw4;
    private byte _lines;
    private byte _request;
    private byte _inService;
    private byte _mask;
    private byte _vectorBase;
    private byte _lowestPriority;
    private byte _levelTriggered;
    private bool _autoEoi;
    private bool _rotateOnAutoEoi;
    private bool _specialFullyNested;
    private bool _specialMask;
    private bool _poll;
    private bool _readInService;

    /// <summary>Inputs that are level-triggered: their request follows the line.</summary>
    public byte LevelTriggered
    {
        get => _levelTriggered;
        set
        {
            _levelTriggered = value;
            FollowLevels();
        }
    }

    /// <summary>The input at which a slave hangs, as a bit; in special fully nested mode it does not block itself. 0 for a slave.</summary>
    public byte CascadeInput { get; init; }

    /// <summary>The interrupt mask register.</summary>
    public byte Mask => _mask;

    /// <summary>Its INT output: an input asks for an interrupt and may have one. Low until it has been initialized.</summary>
    public bool Output => _initialization == Initialization.Done && Highest() >= 0;

    /// <summary>Power-on: nothing requested, not initialized. The data sheet leaves all else open.</summary>
    public void Reset()
    {
        _lines = 0;
        _vectorBase = 0;
        Clear();
        _initialization = Initialization.Never;
    }

    /// <summary>Sets the level of an input, 0 to 7.</summary>
    public void SetLine(int input, bool high)
    {
        byte bit = (byte)(1 << input);
        if (high)
        {
            if ((_lines & bit) == 0) _request |= bit;
            _lines |= bit;
        }
        else
        {
            _lines &= (byte)~bit;
        }
        FollowLevels();
    }

    /// <summary>
    /// The acknowledge cycle: takes the highest request into service and says which input it was, or -1 when there is none any more,
    /// which the processor is told as a spurious interrupt of input 7.
    /// </summary>
    public int Acknowledge()
    {
        int input = Highest();
        if (input < 0) return input;
        byte bit = (byte)(1 << input);
        _request &= (byte)(~bit | (_levelTriggered & _lines));
        if (!_autoEoi) _inService |= bit;
        else if (_rotateOnAutoEoi) _lowestPriority = (byte)input;
        return input;
    }

    /// <summary>The vector of an input as <see cref="Acknowledge"/> gives it.</summary>
    public byte VectorOf(int input) => (byte)(_vectorBase | (input < 0 ? SpuriousInput : input));

    /// <summary>Reads with A0 = 0 (IRR or ISR) or 1 (IMR); after a poll command, either is its answer.</summary>
    public byte Read(bool a0)
    {
        if (_poll)
        {
            _poll = false;
            int input = Acknowledge();
            return input < 0 ? (byte)0 : (byte)(PollInterrupt | input);
        }
        if (a0) return _mask;
        return _readInService ? _inService : _request;
    }

    /// <summary>Writes with A0 = 0 (ICW1, OCW2, OCW3) or 1 (ICW2 to ICW4, OCW1).</summary>
    public void Write(bool a0, byte value)
    {
        if (!a0)
        {
            if ((value & Icw1) != 0) Initialize(value);
            else if ((value & Ocw3) != 0) WriteOcw3(value);
            else WriteOcw2((Ocw2)(value >> Ocw2CommandShift), value & LevelMask);
            return;
        }
        switch (_initialization)
        {
            case Initialization.Icw2:
                _vectorBase = (byte)(value & VectorMask);
                _initialization = !_single ? Initialization.Icw3 : AfterIcw3;
                break;
            case Initialization.Icw3:
                // Who hangs where is wired, not programmed.
                _initialization = AfterIcw3;
                break;
            case Initialization.Icw4:
                _autoEoi = (value & Icw4AutoEoi) != 0;
                _specialFullyNested = (value & Icw4SpecialFullyNested) != 0;
                _initialization = Initialization.Done;
                break;
            default:
                _mask = value;
                break;
        }
    }

    private Initialization AfterIcw3 => _needsIcw4 ? Initialization.Icw4 : Initialization.Done;

    private void Initialize(byte icw1)
    {
        Clear();
        _single = (icw1 & Icw1Single) != 0;
        _needsIcw4 = (icw1 & Icw1NeedsIcw4) != 0;
        _initialization = Initialization.Icw2;
    }

    private void Clear()
    {
        _request = 0;
        _inService = 0;
        _mask = 0;
        _lowestPriority = SpuriousInput;
        _autoEoi = false;
        _rotateOnAutoEoi = false;
        _specialFullyNested = false;
        _specialMask = false;
        _poll = false;
        _readInService = false;
        FollowLevels();
    }

    private void WriteOcw3(byte value)
    {
        if ((value & Ocw3SetSpecialMask) != 0) _specialMask = (value & Ocw3SpecialMask) != 0;
        _poll = (value & Ocw3Poll) != 0;
        if ((value & Ocw3SetRead) != 0) _readInService = (value & Ocw3ReadIsr) != 0;
    }

    private void WriteOcw2(Ocw2 command, int level)
    {
        switch (command)
        {
            case Ocw2.StopRotatingOnAutoEoi:
            case Ocw2.RotateOnAutoEoi:
                _rotateOnAutoEoi = command == Ocw2.RotateOnAutoEoi;
                break;
            case Ocw2.SetPriority:
                _lowestPriority = (byte)level;
                break;
            case Ocw2.SpecificEoi:
            case Ocw2.RotateOnSpecificEoi:
                End(level, command == Ocw2.RotateOnSpecificEoi);
                break;
            case Ocw2.NonSpecificEoi:
            case Ocw2.RotateOnNonSpecificEoi:
                int highest = HighestOf(BlockingService);
                if (highest >= 0) End(highest, command == Ocw2.RotateOnNonSpecificEoi);
                break;
        }
    }

    private void End(int level, bool rotate)
    {
        _inService &= (byte)~(1 << level);
        if (rotate) _lowestPriority = (byte)level;
    }

    /// <summary>What is in service and counts: in special mask mode a masked level does not, nor does a non-specific EOI end it.</summary>
    private byte BlockingService => _specialMask ? (byte)(_inService & ~_mask) : _inService;

    /// <summary>The input whose request comes first and is not held off by one in service; -1 when there is none.</summary>
    private int Highest()
    {
        byte inService = BlockingService;
        if (_specialFullyNested) inService &= (byte)~CascadeInput;
        int request = HighestOf((byte)(_request & ~_mask));
        int blocking = HighestOf(inService);
        return request >= 0 && (blocking < 0 || PriorityOf(request) < PriorityOf(blocking)) ? request : -1;
    }

    /// <summary>0 is the highest priority.</summary>
    private int PriorityOf(int input) => (input - _lowestPriority - 1) & (Inputs - 1);

    private int HighestOf(byte inputs)
    {
        if (inputs == 0) return -1;
        int first = (_lowestPriority + 1) & (Inputs - 1);
        byte rotated = (byte)((inputs >> first) | (inputs << (Inputs - first)));
        return (BitOperations.TrailingZeroCount(rotated) + first) & (Inputs - 1);
    }

    private void FollowLevels() => _request = (byte)((_request & ~_levelTriggered) | (_lines & _levelTriggered));
}
