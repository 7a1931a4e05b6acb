using System;

namespace Lamina.Host;

/// <summary>
/// A line of the log while it is put together: <c>log.Info("memory: ").Decimal(n).Text(" KiB").End()</c>. There is one, used again and again;
/// a line too long is cut.
/// </summary>
public sealed class LogLine
{
    /// <summary>Bytes that a line may have; what a CPU is and has takes some 400.</summary>
    public const int Capacity = 512;

    private readonly byte[] _text = new byte[Capacity];
    private readonly Log _log;
    private int _length;
    private LogLevel _level;
    private bool _shown;

    internal LogLine(Log log) => _log = log;

    /// <summary>Adds text; what is not printable ASCII becomes '?'.</summary>
    public LogLine Text(string text)
    {
        foreach (char c in text)
            Add(c < 0x80 ? (byte)c : (byte)'?');
        return this;
    }

    /// <summary>Adds text that may come from outside; what is not printable ASCII becomes '?'.</summary>
    public LogLine Text(ReadOnlySpan<byte> text)
    {
        foreach (byte c in text)
            Add(c);
        return this;
    }

    /// <summary>Adds a number in decimal.</summary>
    public LogLine Decimal(ulong value)
    {
        _length += TextFormat.Decimal(value, _text.AsSpan(_length));
        return this;
    }

    /// <summary>Adds a number in hexadecimal, as <c>0x1F</c>, at least <paramref name="digits"/> long.</summary>
    public LogLine Hex(ulong value, int digits = 1)
    {
        Text("0x");
        _length += TextFormat.Hexadecimal(value, digits, _text.AsSpan(_length));
        return this;
    }

    /// <summary>Puts the line into the log.</summary>
    public void End()
    {
        if (_shown)
            _log.Write(_level, new ReadOnlySpan<byte>(_text, 0, _length));
        _length = 0;
    }

    internal LogLine Begin(LogLevel level, bool shown)
    {
        _length = 0;
        _level = level;
        _shown = shown;
        return this;
    }

    private void Add(byte c)
    {
        if (_length < _text.Length)
            _text[_length++] = c is >= 0x20 and < 0x7F ? c : (byte)'?';
    }
}
