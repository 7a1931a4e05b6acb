using System;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// Brings the hypervisor's log and the consoles of all VMs into one stream of lines, each of which says whose it is. A line is never
/// interleaved with another. A line that is not ended is shown when it has waited a while; when another source prints meanwhile it is ended, and later
/// goes on in a new line under its own prefix.
/// </summary>
public sealed class ConsoleMultiplexer
{
    /// <summary>Bytes of the log that are kept, and that can wait for the serial port.</summary>
    public const int RingSize = 64 << 10;

    private const byte NewLine = (byte)'\n';

    // A note of lost output is printed when there is at least this much room again: more than any line needs.
    private const int RoomForNote = 4096;

    private ConsoleSource? _open;
    private bool _openIsBroken;
    private ulong _lost;

    /// <summary>Makes the stream, with the hypervisor's own source.</summary>
    public ConsoleMultiplexer() => Hypervisor = new ConsoleSource(this, "[lamina] ", false);

    /// <summary>The stream itself.</summary>
    public ByteRing Ring { get; } = new(RingSize);

    /// <summary>The hypervisor's own source, whose bytes are trusted.</summary>
    public ConsoleSource Hypervisor { get; }

    /// <summary>Told of all that comes in; null until there is one.</summary>
    public ConsoleOutput? Output { get; set; }

    /// <summary>Bytes of output that found no room and were dropped, in all.</summary>
    public ulong LostBytes { get; private set; }

    /// <summary>The CPU whose deadlines show unfinished lines; null at boot, where all lines are whole.</summary>
    public Cpu? Cpu { get; private set; }

    /// <summary>How long an unfinished line waits, in ticks of the CPU's TSC.</summary>
    public ulong PartialDelay { get; private set; }

    /// <summary>Lets unfinished lines be shown when they have waited <paramref name="partialDelay"/> ticks of the CPU's TSC.</summary>
    public void Start(Cpu cpu, ulong partialDelay)
    {
        Cpu = cpu;
        PartialDelay = partialDelay;
    }

    /// <summary>A VM's console: lines are shown as <c>NAME| text</c>.</summary>
    /// <param name="name">The VM's name: letters, digits and dashes, as the manifest allows.</param>
    /// <param name="bare">Whether escape sequences pass as they are. Whoever asks for it trusts that guest with the terminal.</param>
    public ConsoleSource Add(string name, bool bare) => new(this, name + "| ", bare);

    internal bool IsOpen(ConsoleSource source) => _open == source && !_openIsBroken;

    /// <summary>Puts text of a source into the stream, all or nothing; <paramref name="endLine"/> ends its line.</summary>
    internal void Emit(ConsoleSource source, ReadOnlySpan<byte> text, bool endLine)
    {
        Cpu?.Guard.EnterCritical();
        EmitWhole(source, text, endLine);
        Cpu?.Guard.LeaveCritical();
    }

    private void EmitWhole(ConsoleSource source, ReadOnlySpan<byte> text, bool endLine)
    {
        if (_lost != 0 && Ring.Room >= RoomForNote)
            EmitLossNote();

        bool goesOn = IsOpen(source);
        int length = text.Length + (endLine ? 1 : 0) + (goesOn ? 0 : source.Prefix.Length + 1);
        if (Ring.Room < length)
        {
            _lost += (ulong)text.Length + 1;
            LostBytes += (ulong)text.Length + 1;
            _openIsBroken = true;
            source.LineWasCut();
            Output?.Kick();
            return;
        }

        if (!goesOn)
        {
            EndOpenLine();
            Ring.TryWrite(source.Prefix);
        }

        Ring.TryWrite(text);
        if (endLine)
            Ring.TryWrite(NewLine);
        _open = endLine ? null : source;
        Output?.Kick();
    }

    private void EmitLossNote()
    {
        Span<byte> digits = stackalloc byte[TextFormat.MaximumDecimalDigits];
        int count = TextFormat.Decimal(_lost, digits);
        EndOpenLine();
        Ring.TryWrite(Hypervisor.Prefix);
        Ring.TryWrite("warning: "u8);
        Ring.TryWrite(digits[..count]);
        Ring.TryWrite(" bytes of console output were lost: the serial port is slower\n"u8);
        _lost = 0;
    }

    private void EndOpenLine()
    {
        if (_open != null)
        {
            Ring.TryWrite(NewLine);
            _open.LineWasCut();
        }

        _open = null;
        _openIsBroken = false;
    }
}
