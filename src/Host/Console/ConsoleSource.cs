using System;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// One that prints: a VM's console, or the hypervisor. What a guest prints is made harmless: only line ends, tabs, printable characters in
/// well-formed UTF-8, and backspaces that stay right of the prefix pass. An escape character is shown as <c>\e</c>, a lone carriage return
/// starts a new line, all else becomes U+FFFD.
/// </summary>
public sealed class ConsoleSource : ByteSink
{
    private const int LineCapacity = 512;
    private const byte NewLine = (byte)'\n';
    private const byte Backspace = 0x08;
    private const byte Escape = 0x1B;
    private const byte Delete = 0x7F;

    /// <summary>Bytes that the longest piece of one byte's output can take: while fewer are free, the line is shown.</summary>
    private const int Spare = 8;

    private readonly ConsoleMultiplexer _multiplexer;
    private readonly byte[] _prefix;
    private readonly byte[] _line = new byte[LineCapacity];
    private readonly PartialLineDeadline _deadline;
    private readonly bool _bare;
    private int _length;
    private ulong _since;
    private bool _carriageReturn;

    // How many printable ASCII characters stand right of the prefix. Nothing else is counted, as its width is not known here.
    private int _column;

    // A multi-byte character on its way: the code point so far, how many bytes are missing, and the least value its length may have.
    private uint _codePoint;
    private int _missing;
    private uint _least;

    internal ConsoleSource(ConsoleMultiplexer multiplexer, string prefix, bool bare)
    {
        _multiplexer = multiplexer;
        _bare = bare;
        _deadline = new PartialLineDeadline(this);
        _prefix = new byte[prefix.Length];
        for (int i = 0; i < prefix.Length; i++)
            _prefix[i] = (byte)prefix[i];
    }

    /// <summary>What each of its lines begins with.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix;

    private static ReadOnlySpan<byte> Replacement => [0xEF, 0xBF, 0xBD];

    /// <summary>Takes one byte of output.</summary>
    public override void Write(byte value)
    {
        if (_bare)
            WriteBare(value);
        else
            WriteHarmless(value);
        ShowRest();
    }

    /// <summary>Takes several bytes. Runs of printable ASCII, which is nearly all that guests print, are looked at eight bytes at a time.</summary>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = AppendPrintable(bytes);
            if (count == 0)
            {
                Write(bytes[0]);
                count = 1;
            }
            else if (count < bytes.Length && bytes[count] == NewLine)
            {
                Flush(true);
                count++;
            }
            bytes = bytes[count..];
        }
        ShowRest();
    }

    /// <summary>Puts a whole line of the hypervisor's into the stream at once; the text is trusted.</summary>
    internal void WriteLine(ReadOnlySpan<byte> text) => _multiplexer.Emit(this, text, true);

    /// <summary>The stream ended our line, or dropped some of it: what comes next stands right after a prefix.</summary>
    internal void LineWasCut() => _column = 0;

    /// <summary>Sees to what has no end of line yet: it goes on in a line that is open, or is shown when it has waited.</summary>
    private void ShowRest()
    {
        if (_length == 0)
            return;
        if (_multiplexer.IsOpen(this) || _length > LineCapacity - Spare)
            Flush(false);
        else if (!_deadline.IsArmed && _multiplexer.Cpu is { } cpu)
            cpu.Arm(_deadline, (_since = cpu.ReadTsc()) + _multiplexer.PartialDelay);
    }

    /// <summary>
    /// Appends the printable ASCII characters that bytes begin with, as far as the line has room, and says how many: none where a character or a carriage return is on its way, or
    /// nothing is to be looked at. Each byte is read once, as a guest may change it.
    /// </summary>
    private int AppendPrintable(ReadOnlySpan<byte> bytes)
    {
        if (_bare || _carriageReturn || _missing > 0)
            return 0;
        if (_length > LineCapacity - Spare)
            Flush(false);
        var line = _line.AsSpan(_length);
        int most = Math.Min(bytes.Length, line.Length - Spare), count = 0;
        while (count + sizeof(ulong) <= most)
        {
            ulong word = MemoryMarshal.Read<ulong>(bytes[count..]);
            if (!IsPrintable(word))
                break;
            MemoryMarshal.Write(line[count..], word);
            count += sizeof(ulong);
        }

        for (; count < most; count++)
        {
            byte value = bytes[count];
            if (value is < 0x20 or >= Delete)
                break;
            line[count] = value;
        }

        _length += count;
        _column += count;
        return count;
    }

    /// <summary>
    /// Whether eight bytes are all from 0x20 to 0x7E. In each, taking 0x20 away borrows into bit 7 if it was less, adding 1 carries into it if it was 0x7F, and it is set if it was more.
    /// A borrow goes on into the byte above only from a byte that is found already.
    /// </summary>
    private static bool IsPrintable(ulong word)
    {
        const ulong each = 0x0101_0101_0101_0101;
        return ((word - 0x20 * each | word + each | word) & 0x80 * each) == 0;
    }

    private void WriteBare(byte value)
    {
        if (value == '\n')
            Flush(true);
        else
            Append(value);
    }

    private void WriteHarmless(byte value)
    {
        if (_carriageReturn && value != '\n' && value != '\r')
        {
            _carriageReturn = false;
            if (_length > 0 || _multiplexer.IsOpen(this))
                Flush(true);
        }

        if (_missing > 0)
        {
            if ((value & 0xC0) == 0x80)
            {
                _codePoint = (_codePoint << 6) | (value & 0x3Fu);
                if (--_missing == 0)
                    AppendCodePoint();
                return;
            }

            _missing = 0;
            Append(Replacement);
        }

        switch (value)
        {
            case (byte)'\n':
                _carriageReturn = false;
                Flush(true);
                break;
            case (byte)'\r':
                _carriageReturn = true;
                break;
            case (byte)'\t':
                Append(value);
                break;
            case Backspace:
                if (_column > 0)
                {
                    _column--;
                    Append(value);
                }

                break;
            case Escape:
                Append("\\e"u8);
                _column += 2;
                break;
            case >= 0x20 and < Delete:
                Append(value);
                _column++;
                break;
            case >= 0xC2 and <= 0xDF:
                Begin(value & 0x1Fu, 1, 0x80);
                break;
            case >= 0xE0 and <= 0xEF:
                Begin(value & 0x0Fu, 2, 0x800);
                break;
            case >= 0xF0 and <= 0xF4:
                Begin(value & 0x07u, 3, 0x10000);
                break;
            case < 0x20:
            case Delete:
                break;
            default:
                Append(Replacement);
                break;
        }
    }

    private void Begin(uint bits, int missing, uint least)
    {
        _codePoint = bits;
        _missing = missing;
        _least = least;
    }

    private void AppendCodePoint()
    {
        uint c = _codePoint;
        bool harmless = c >= _least && c <= 0x10FFFF
            && c is not (>= 0x80 and < 0xA0)            // C1 controls
            and not (>= 0xD800 and < 0xE000)            // surrogates
            and not (>= 0x200E and <= 0x200F)           // direction marks, which would turn the prefix around
            and not (>= 0x2028 and <= 0x202E)           // line and paragraph separators, direction overrides
            and not (>= 0x2066 and <= 0x2069)           // direction isolates
            and not 0x061C;
        if (!harmless)
        {
            Append(Replacement);
            return;
        }

        if (c < 0x800)
        {
            Append((byte)(0xC0 | (c >> 6)));
        }
        else
        {
            if (c < 0x10000)
            {
                Append((byte)(0xE0 | (c >> 12)));
            }
            else
            {
                Append((byte)(0xF0 | (c >> 18)));
                Append((byte)(0x80 | ((c >> 12) & 0x3F)));
            }

            Append((byte)(0x80 | ((c >> 6) & 0x3F)));
        }

        Append((byte)(0x80 | (c & 0x3F)));
    }

    private void Append(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes)
            Append(value);
    }

    // There is room: Write flushes with 8 bytes to go, and one byte makes at most 7 (a replacement and four).
    private void Append(byte value) => _line[_length++] = value;

    private void Flush(bool endLine)
    {
        _multiplexer.Emit(this, new ReadOnlySpan<byte>(_line, 0, _length), endLine);
        _length = 0;
        if (endLine)
            _column = 0;
    }

    private void Expire(ulong now)
    {
        if (_length == 0 || _multiplexer.Cpu is not { } cpu)
            return;
        if (now - _since >= _multiplexer.PartialDelay)
            Flush(false);
        else
            cpu.Arm(_deadline, _since + _multiplexer.PartialDelay);
    }

    private sealed class PartialLineDeadline(ConsoleSource source) : Deadline
    {
        public override void Expire(ulong now) => source.Expire(now);
    }
}
