using System;

namespace Lamina.Host;

/// <summary>Where a panic is written: straight to the serial port, which is waited for (a bounded time), and to the screen.</summary>
public sealed class PanicConsole(SerialConsole console, SerialPort? port)
{
    private readonly byte[] _line = new byte[160];
    private int _length;

    /// <summary>Lets out what still waits in the log, then begins.</summary>
    public void Begin()
    {
        console.Drain();
        if (port != null)
            Send("\n"u8);
    }

    /// <summary>Adds text to the line.</summary>
    public PanicConsole Text(string text)
    {
        foreach (char c in text)
            Add((byte)c);
        return this;
    }

    /// <summary>Adds text to the line.</summary>
    public PanicConsole Text(ReadOnlySpan<byte> text)
    {
        foreach (byte c in text)
            Add(c);
        return this;
    }

    /// <summary>Adds a number in hexadecimal, at least <paramref name="digits"/> long.</summary>
    public PanicConsole Hex(ulong value, int digits)
    {
        _length += TextFormat.Hexadecimal(value, digits, _line.AsSpan(_length));
        return this;
    }

    /// <summary>Writes the line.</summary>
    public void EndLine()
    {
        var line = new ReadOnlySpan<byte>(_line, 0, _length);
        _length = 0;
        Send("[lamina] "u8);
        Send(line);
        Send("\n"u8);
    }

    private void Add(byte c)
    {
        if (_length < _line.Length)
            _line[_length++] = c;
    }

    private void Send(ReadOnlySpan<byte> text)
    {
        console.Screen?.Write(text);
        if (port == null)
            return;
        foreach (byte c in text)
        {
            if (c == '\n')
                port.SendPolled((byte)'\r');
            port.SendPolled(c);
        }
    }
}
