namespace Lamina.Host;

/// <summary>
/// A VM's place at the <see cref="ConsoleSwitch"/>: its name, its output, and its input while it runs. It is made once, outside of any exit, and outlives the VM: one that
/// starts again is attached to it again.
/// </summary>
public sealed class VmConsole
{
    /// <summary>Bytes that were typed and can wait here for the VM, beside what its device holds.</summary>
    public const int InputCapacity = 256;

    private readonly ConsoleSwitch _switch;
    private readonly ByteRing _typed = new(InputCapacity);
    private InputSink? _input;

    internal VmConsole(ConsoleSwitch consoleSwitch, int number, string name, ConsoleSource output)
    {
        _switch = consoleSwitch;
        Number = number;
        Name = name;
        Output = output;
    }

    /// <summary>Its number at the host key, from 1.</summary>
    public int Number { get; }

    /// <summary>The VM's name.</summary>
    public string Name { get; }

    /// <summary>What the VM's console device prints to.</summary>
    public ConsoleSource Output { get; }

    /// <summary>Whether a VM is there to take what is typed.</summary>
    public bool IsAttached => _input != null;

    internal bool HasTyped => _typed.Count != 0;

    /// <summary>The VM is there, and takes what is typed by <paramref name="input"/>. What it was to get in an earlier life is gone.</summary>
    public void Attach(InputSink input)
    {
        _typed.Clear();
        _input = input;
        _switch.HasAttached(this);
    }

    /// <summary>The VM is gone: nothing of it is used from here on. Its last line is ended.</summary>
    public void Detach()
    {
        if (_input == null)
            return;
        _input = null;
        _typed.Clear();
        Output.Rest();
        _switch.HasDetached(this);
    }

    /// <summary>Takes a typed byte; false when the VM holds up as much as it may.</summary>
    internal bool TryType(byte value)
    {
        Deliver();
        return _input == null || (!HasTyped && _input.TryWrite(value)) || _typed.TryWrite(value);
    }

    /// <summary>Gives the VM what waits, as far as it takes it; true when it took some.</summary>
    internal bool Deliver()
    {
        int before = _typed.Count;
        while (_input != null && _typed.TryPeek(out byte value) && _input.TryWrite(value))
            _typed.TryRead(out _);
        return _typed.Count != before;
    }
}
