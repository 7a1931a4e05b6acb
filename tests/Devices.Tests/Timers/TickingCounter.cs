namespace Lamina.Devices.Tests.Timers;

/// <summary>An 8254 counter that really ticks, clock by clock, after the mode definitions of the data sheet: what <see cref="PitCounter"/> must equal.</summary>
internal sealed class TickingCounter(PitMode mode, bool gate)
{
    private uint _written;
    private bool _load;
    private bool _started;
    private bool _counting;
    private uint _element;
    private uint _inUse;

    public bool Output { get; private set; } = mode != PitMode.TerminalCount;

    /// <summary>The counting element, once it was loaded.</summary>
    public uint? Count => _started ? _element & 0xFFFF : null;

    private uint Loaded => mode == PitMode.SquareWave ? _written & ~1u : _written;

    public void Write(uint count)
    {
        _written = count;
        switch (mode)
        {
            case PitMode.TerminalCount:
                Output = false;
                _load = true;
                break;
            case PitMode.SoftwareStrobe:
                _load = true;
                Output = true;
                break;
            case PitMode.RateGenerator or PitMode.SquareWave when !_started:
                _load = true;
                break;
        }
    }

    public void SetGate(bool value)
    {
        bool rises = value && !gate;
        gate = value;
        if (mode is PitMode.RateGenerator or PitMode.SquareWave)
        {
            if (!gate) Output = true;
            if (rises && _written != 0) _load = true;
        }
        else if (mode is PitMode.OneShot or PitMode.HardwareStrobe && rises && _written != 0)
        {
            _load = true;
        }
    }

    public void Tick()
    {
        if (_load)
        {
            _load = false;
            _started = true;
            _counting = true;
            _inUse = _written;
            _element = Loaded;
            Output = mode != PitMode.OneShot && mode != PitMode.TerminalCount;
            return;
        }
        bool needsGate = mode is not (PitMode.OneShot or PitMode.HardwareStrobe);
        if (!_started || needsGate && !gate) return;
        switch (mode)
        {
            case PitMode.RateGenerator:
                _element--;
                if (_element == 0) _element = Loaded;
                Output = _element != 1;
                break;
            case PitMode.SquareWave:
                TickSquareWave();
                break;
            default:
                _element--;
                bool isStrobe = mode is PitMode.SoftwareStrobe or PitMode.HardwareStrobe;
                if (isStrobe) Output = !(_counting && _element == 0);
                else if (_element == 0) Output = true;
                if (_element == 0) _counting = false;
                break;
        }
    }

    private void TickSquareWave()
    {
        // An odd count stays high for one clock after it has expired.
        bool expires = _element == (Output && _inUse % 2 != 0 ? 0u : 2u);
        if (!expires)
        {
            _element -= 2;
            return;
        }
        Output = !Output;
        _inUse = _written;
        _element = Loaded;
    }
}
