using System;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// Brings the hypervisor's log and the consoles of all VMs into one stream. As a rule it is one of lines, each of which says whose it is. A line is never
/// interleaved with another. A line that is not ended is shown when it has waited a while; when another source prints meanwhile it is ended, and later
/// goes on in a new line under its own prefix. In the bare view it is one VM's bytes as they are, and the hypervisor's lines that matter.
/// <para>
/// No VM takes the stream from another: each may have as many bytes waiting as there is room left, so whoever comes last still finds room, and some of it
/// is the hypervisor's alone.
/// </para>
/// </summary>
public sealed class ConsoleMultiplexer
{
    /// <summary>Bytes of the log that are kept, and that can wait for the serial port.</summary>
    public const int RingSize = 64 << 10;

    /// <summary>Bytes of it that only the hypervisor's own lines may take.</summary>
    public const int HypervisorReserve = 8 << 10;

    private const byte LineFeed = (byte)'\n', CarriageReturn = (byte)'\r';
    private const int LineEndLength = 2;

    // The output hears of what is new when there is so much of it, or no more comes for now: each time costs it something.
    private const int BytesBeforeKick = 512;

    // A note of lost output is printed when its source has so much room again: several lines, lest notes be all that is shown.
    private const int RoomForNote = 512;

    private ConsoleSource? _open;
    private bool _openIsBroken;
    private ConsoleSource? _bare;
    private byte _lastBareByte;
    private ulong _kickedAt;

    /// <summary>Makes the stream, with the hypervisor's own source.</summary>
    public ConsoleMultiplexer() => Hypervisor = new ConsoleSource(this, "the hypervisor", "[lamina] ");

    /// <summary>The stream itself.</summary>
    public ByteRing Ring { get; } = new(RingSize);

    /// <summary>The hypervisor's own source, whose bytes are trusted.</summary>
    public ConsoleSource Hypervisor { get; }

    /// <summary>Told of all that comes in; null until there is one.</summary>
    public ConsoleOutput? Output { get; set; }

    /// <summary>Whether one VM is shown bare.</summary>
    public bool IsBare => _bare != null;

    /// <summary>Bytes that VMs have printed since the bare view began, and that it did not show.</summary>
    public ulong HiddenBytes { get; private set; }

    /// <summary>The CPU whose deadlines show unfinished lines; null at boot, where all lines are whole.</summary>
    public Cpu? Cpu { get; private set; }

    /// <summary>How long an unfinished line waits, in ticks of the CPU's TSC.</summary>
    public ulong PartialDelay { get; private set; }

    // CAN ends an escape sequence that was begun; then no colours, and the cursor is seen.
    private static ReadOnlySpan<byte> TerminalReset => "\u0018\u001b[0m\u001b[?25h\r\n"u8;

    /// <summary>Lets unfinished lines be shown when they have waited <paramref name="partialDelay"/> ticks of the CPU's TSC.</summary>
    public void Start(Cpu cpu, ulong partialDelay)
    {
        Cpu = cpu;
        PartialDelay = partialDelay;
    }

    /// <summary>A VM's console: lines are shown as <c>NAME| text</c>. It allocates; a console may be used by one VM after the other.</summary>
    /// <param name="name">The VM's name: letters, digits and dashes, as the manifest allows.</param>
    public ConsoleSource Add(string name) => new(this, name, name + "| ");

    /// <summary>
    /// Shows the bytes of one VM as they are, escape sequences too, and no other's. Whoever asks for it trusts that guest with the terminal.
    /// </summary>
    public void ShowBare(ConsoleSource source)
    {
        if (_bare == source)
            return;
        ShowLines();
        source.Rest();
        EndOpenLine();
        HiddenBytes = 0;
        _lastBareByte = 0;
        _bare = source;
    }

    /// <summary>Shows all VMs line by line again; the terminal is put into a state in which lines can be read.</summary>
    public void ShowLines()
    {
        if (_bare == null)
            return;
        Ring.TryWrite(TerminalReset);
        _open = null;
        _openIsBroken = false;
        _bare = null;
    }

    internal bool IsOpen(ConsoleSource source) => _open == source && !_openIsBroken;

    internal bool IsShownBare(ConsoleSource source) => _bare == source;

    /// <summary>Puts text of a source into the stream, all or nothing; <paramref name="endLine"/> ends its line.</summary>
    internal void Emit(ConsoleSource source, ReadOnlySpan<byte> text, bool endLine)
    {
        Cpu?.Guard.EnterCritical();
        EmitWhole(source, text, endLine);
        Cpu?.Guard.LeaveCritical();
    }

    private void EmitWhole(ConsoleSource source, ReadOnlySpan<byte> text, bool endLine)
    {
        if (_bare != null && source != Hypervisor)
        {
            HiddenBytes += (ulong)text.Length;
            return;
        }

        if (source.LostBytes != 0)
            TryTellLoss(source);
        bool goesOn = IsOpen(source);
        int length = text.Length + (endLine ? LineEndLength : 0) + (goesOn ? 0 : source.Prefix.Length + LineEndLength);
        if (RoomFor(source) < length)
        {
            Lose(source, text.Length + (endLine ? 1 : 0));
            return;
        }

        if (!goesOn)
        {
            if (_open != null)
                EndOpenLine();
            Ring.Write(source.Prefix);
        }

        Ring.Write(text);
        if (endLine)
        {
            // As a terminal wants it.
            Ring.Write(CarriageReturn);
            Ring.Write(LineFeed);
        }

        source.NoteWaiting(length, Ring.Written);
        _open = endLine ? null : source;
        if (Ring.Written - _kickedAt >= BytesBeforeKick)
            KickOutput();
    }

    /// <summary>No more comes for now: the output hears of what is new.</summary>
    internal void Kick()
    {
        if (Ring.Written == _kickedAt)
            return;
        Cpu?.Guard.EnterCritical();
        KickOutput();
        Cpu?.Guard.LeaveCritical();
    }

    private void KickOutput()
    {
        _kickedAt = Ring.Written;
        Output?.Kick();
    }

    /// <summary>Puts bytes of the source that is shown bare into the stream, as many as there is room for.</summary>
    internal void EmitBare(ConsoleSource source, ReadOnlySpan<byte> bytes)
    {
        Cpu?.Guard.EnterCritical();
        EmitWholeBare(source, bytes);
        Cpu?.Guard.LeaveCritical();
    }

    private void EmitWholeBare(ConsoleSource source, ReadOnlySpan<byte> bytes)
    {
        if (source.LostBytes != 0)
            TryTellLoss(source);
        int room = RoomFor(source);
        ulong before = Ring.Written;
        while (!bytes.IsEmpty)
        {
            // As much plain text as stands together, or one byte of anything else. The guest may have sent the carriage return itself.
            int count = Math.Max(PlainText.LengthOf(bytes), 1);
            bool needsReturn = bytes[0] == LineFeed && _lastBareByte != CarriageReturn;
            count = Math.Min(count, room - (needsReturn ? 1 : 0));
            if (count <= 0)
                break;
            if (needsReturn)
                Ring.Write(CarriageReturn);
            Ring.Write(bytes[..count]);
            room -= count + (needsReturn ? 1 : 0);
            _lastBareByte = bytes[count - 1];
            bytes = bytes[count..];
        }

        if (!bytes.IsEmpty)
            Lose(source, bytes.Length);
        if (Ring.Written == before)
            return;
        source.NoteWaiting((int)(Ring.Written - before), Ring.Written);
        _open = _lastBareByte == LineFeed ? null : source;
        KickOutput();
    }

    /// <summary>Says how much of a source was lost, once there is room again.</summary>
    internal void TryTellLoss(ConsoleSource source)
    {
        if (RoomFor(source) < RoomForNote)
            return;
        Span<byte> digits = stackalloc byte[TextFormat.MaximumDecimalDigits];
        int count = TextFormat.Decimal(source.TakeLoss(), digits);
        EndOpenLine();
        Ring.TryWrite(Hypervisor.Prefix);
        Ring.TryWrite("warning: "u8);
        Ring.TryWrite(source.Name);
        Ring.TryWrite(": "u8);
        Ring.TryWrite(digits[..count]);
        Ring.TryWrite(" bytes of console output were lost: the serial port is slower\r\n"u8);
        KickOutput();
    }

    // A source may have as much waiting as is free then. So one that floods has half of the room, and a second one half of what is left.
    private int RoomFor(ConsoleSource source) =>
        source == Hypervisor ? Ring.Room : (Ring.Room - HypervisorReserve - source.WaitingBytes(Ring.Read)) / 2;

    private void Lose(ConsoleSource source, int count)
    {
        source.NoteLoss((ulong)count);
        if (_open == source)
            _openIsBroken = true;
        source.LineWasCut();
        KickOutput();
    }

    private void EndOpenLine()
    {
        if (_open != null)
        {
            Ring.TryWrite("\r\n"u8);
            _open.LineWasCut();
        }

        _open = null;
        _openIsBroken = false;
    }
}
