using System;

namespace Lamina.Host;

/// <summary>Puts the lines of a report on a fault together. Nothing here allocates; what is too long for a line is cut.</summary>
public abstract class ReportWriter
{
    /// <summary>Bytes that a line may have.</summary>
    protected const int LineCapacity = 160;

    private readonly byte[] _line = new byte[LineCapacity];
    private int _length;

    /// <summary>Adds text to the line.</summary>
    public ReportWriter Text(string text)
    {
        foreach (char c in text)
            Add((byte)c);
        return this;
    }

    /// <summary>Adds text to the line.</summary>
    public ReportWriter Text(ReadOnlySpan<byte> text)
    {
        foreach (byte c in text)
            Add(c);
        return this;
    }

    /// <summary>Adds a number in decimal.</summary>
    public ReportWriter Decimal(ulong value)
    {
        _length += TextFormat.Decimal(value, _line.AsSpan(_length));
        return this;
    }

    /// <summary>Adds a number in hexadecimal, at least <paramref name="digits"/> long.</summary>
    public ReportWriter Hex(ulong value, int digits)
    {
        _length += TextFormat.Hexadecimal(value, digits, _line.AsSpan(_length));
        return this;
    }

    /// <summary>Writes the line.</summary>
    public void EndLine()
    {
        var line = new ReadOnlySpan<byte>(_line, 0, _length);
        _length = 0;
        Write(line);
    }

    /// <summary>Writes a whole line.</summary>
    protected abstract void Write(ReadOnlySpan<byte> line);

    private void Add(byte c)
    {
        if (_length < _line.Length)
            _line[_length++] = c;
    }
}
