using System;
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

    // After how many delays an unfinished line is shown of a VM that never comes to an end of its waiting.
    private const ulong MostDelays = 10;

    // One byte makes at most 7 of a line: a replacement and four.
    private const int LongestLine = LineCapacity - 8;
    private const byte Backspace = 0x08;
    private const byte Escape = 0x1B;
    private const byte Delete = 0x7F;

    private readonly ConsoleMultiplexer _multiplexer;
    private readonly byte[] _name;
    private readonly byte[] _prefix;
    private readonly byte[] _line = new byte[LineCapacity];
    private readonly LaterDeadline _later;
    private int _length;
    private bool _carriageReturn;

    // Since when an unfinished line waits.
    private bool _isWaiting;
    private ulong _since;

    // How many bytes of the stream are ours, and where the last of them is.
    private int _waiting;
    private ulong _end;

    // How many printable ASCII characters stand right of the prefix. Nothing else is counted, as its width is not known here.
    private int _column;

    // A multi-byte character on its way: the code point so far, how many bytes are missing, and the least value its length may have.
    private uint _codePoint;
    private int _missing;
    private uint _least;

    internal ConsoleSource(ConsoleMultiplexer multiplexer, string name, string prefix)
    {
        _multiplexer = multiplexer;
        _later = new LaterDeadline(this);
        _name = ToBytes(name);
        _prefix = ToBytes(prefix);
    }

    /// <summary>The VM whose console it is: a fault of its own part of the console ends that VM. Null for the hypervisor, and while there is no VM.</summary>
    public VirtualMachine? Owner
    {
        get => _later.Owner;
        set => _later.Owner = value;
    }

    /// <summary>Whose it is.</summary>
    public ReadOnlySpan<byte> Name => _name;

    /// <summary>What each of its lines begins with.</summary>
    public ReadOnlySpan<byte> Prefix => _prefix;

    /// <summary>Bytes that found no room, were dropped, and were not told of yet.</summary>
    public ulong LostBytes { get; private set; }

    private static ReadOnlySpan<byte> Replacement => [0xEF, 0xBF, 0xBD];

    /// <inheritdoc/>
    public override void Write(byte value)
    {
        if (_multiplexer.IsShownBare(this))
        {
            _multiplexer.EmitBare(this, new ReadOnlySpan<byte>(ref value));
            return;
        }

        WriteHarmless(value);
        EndWriting();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes)
    {
        if (_multiplexer.IsShownBare(this))
        {
            _multiplexer.EmitBare(this, bytes);
            return;
        }

        while (bytes.Length != 0)
        {
            int taken = WritePlain(bytes);
            if (taken == 0)
            {
                WriteHarmless(bytes[0]);
                taken = 1;
            }

            bytes = bytes[taken..];
            if (_length > LongestLine)
                Flush(false);
        }

        EndWriting();
    }

    /// <summary>Puts a whole line of the hypervisor's into the stream at once; the text is trusted.</summary>
    internal void WriteLine(ReadOnlySpan<byte> text)
    {
        _multiplexer.Emit(this, text, true);
        _multiplexer.Kick();
    }

    /// <summary>The stream ended our line, or dropped some of it: what comes next stands right after a prefix.</summary>
    internal void LineWasCut() => _column = 0;

    /// <summary>Shows what is unfinished and forgets what was begun: what comes next is another's, or is shown otherwise.</summary>
    internal void Rest()
    {
        if (_length != 0)
            Flush(false);
        _multiplexer.Kick();
        _carriageReturn = false;
        _missing = 0;
    }

    /// <summary>How many of its bytes wait in the stream at most; 0 once the last of them was read.</summary>
    /// <param name="read">How far the stream has been read.</param>
    internal int WaitingBytes(ulong read)
    {
        if (read >= _end)
            _waiting = 0;
        return _waiting;
    }

    /// <summary>So many more bytes wait, the last of them right before <paramref name="end"/>.</summary>
    internal void NoteWaiting(int count, ulong end)
    {
        _waiting += count;
        _end = end;
    }

    /// <summary>So many bytes were dropped: it is told when there is room, whether or not more is printed.</summary>
    internal void NoteLoss(ulong count)
    {
        LostBytes += count;
        if (_multiplexer.Cpu is { } cpu && !_later.IsArmed)
            cpu.Arm(_later, cpu.ReadTsc() + _multiplexer.PartialDelay);
    }

    /// <summary>What was dropped and is told now.</summary>
    internal ulong TakeLoss()
    {
        ulong lost = LostBytes;
        LostBytes = 0;
        return lost;
    }

    private static byte[] ToBytes(string text)
    {
        byte[] bytes = new byte[text.Length];
        for (int i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)text[i];
        return bytes;
    }

    // Takes the plain text that the bytes begin with, and its line end; straight into the stream where it is a line. 0 when there is none.
    private int WritePlain(ReadOnlySpan<byte> bytes)
    {
        if (_carriageReturn || _missing > 0)
            return 0;
        int count = PlainText.LengthOf(bytes[..Math.Min(bytes.Length, LineCapacity - _length)]);
        if (count == 0)
            return 0;
        if (_length == 0)
        {
            int lineEnd = LineEndOf(bytes[count..]);
            if (lineEnd != 0)
            {
                _multiplexer.Emit(this, bytes[..count], true);
                _column = 0;
                return count + lineEnd;
            }
        }

        bytes[..count].CopyTo(_line.AsSpan(_length));
        _length += count;
        _column += count;
        return count;
    }

    // How many bytes end a line here: LF, or CR LF.
    private static int LineEndOf(ReadOnlySpan<byte> bytes) => bytes.Length switch
    {
        >= 1 when bytes[0] == '\n' => 1,
        >= 2 when bytes[0] == '\r' && bytes[1] == '\n' => 2,
        _ => 0,
    };

    private void EndWriting()
    {
        ShowUnfinished();
        _multiplexer.Kick();
    }

    // In a line that is shown, all is shown at once; else it waits a while for its end.
    private void ShowUnfinished()
    {
        if (_length == 0)
            return;
        if (_multiplexer.IsOpen(this) || _length > LongestLine)
        {
            Flush(false);
        }
        else if (_multiplexer.Cpu is { } cpu)
        {
            if (!_isWaiting)
                _since = cpu.ReadTsc();
            _isWaiting = true;
            // A VM that resets itself leaves its deadlines behind, this one too.
            if (!_later.IsArmed)
                cpu.Arm(_later, _since + _multiplexer.PartialDelay);
        }
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

    // There is room: a line that is longer than LongestLine is flushed before the next byte.
    private void Append(byte value) => _line[_length++] = value;

    private void Flush(bool endLine)
    {
        _multiplexer.Emit(this, new ReadOnlySpan<byte>(_line, 0, _length), endLine);
        _length = 0;
        _isWaiting = false;
        if (endLine)
            _column = 0;
    }

    private void Expire(ulong now)
    {
        if (_multiplexer.Cpu is not { } cpu)
            return;
        if (LostBytes != 0)
            _multiplexer.TryTellLoss(this);
        ulong delay = _multiplexer.PartialDelay;
        bool isOverdue = _isWaiting && now - _since >= delay;
        // One that waits for its turn may have the rest of the line ready: with many VMs that takes longer than the delay.
        if (isOverdue && (Owner is not { WaitsForCpu: true } || now - _since >= MostDelays * delay))
            Flush(false);
        _multiplexer.Kick();
        if (_isWaiting)
            cpu.Arm(_later, (isOverdue ? now : _since) + delay);
        else if (LostBytes != 0 && !_later.IsArmed)
            cpu.Arm(_later, now + _multiplexer.PartialDelay);
    }

    private sealed class LaterDeadline(ConsoleSource source) : Deadline
    {
        public override void Expire(ulong now) => source.Expire(now);
    }
}
