using System;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// Where the report on a fault goes that the machine survives and that was met by another CPU than the log's: its lines wait in a ring, and CPU 0 puts them into the log as
/// <see cref="LogReport"/> would have. One for each such CPU, made at boot.
/// <para>
/// The rule: the faulty CPU writes, by <see cref="ReportWriter"/>'s methods; CPU 0 reads, when the mail arrives. A line that finds no room is dropped; CPU 0 says how many were. The
/// mail is sent with the first line, so that whatever the faulty CPU sends afterwards is done when the log has the report.
/// </para>
/// </summary>
public sealed class RemoteLogReport : ReportWriter
{
    /// <summary>Bytes that can wait, each line with one more for its length: the longest report there is.</summary>
    public const int Capacity = 8 << 10;

    private readonly SharedByteRing _ring = new(Capacity);
    private readonly byte[] _record = new byte[1 + LineCapacity];
    private readonly byte[] _text = new byte[LineCapacity];
    private readonly Log _log;
    private readonly Cpu _logCpu;
    private readonly Mail _mail;

    /// <summary>Makes it, at boot.</summary>
    /// <param name="log">The log, which CPU 0 alone touches.</param>
    /// <param name="logCpu">CPU 0: another one than that whose faults are reported.</param>
    public RemoteLogReport(Log log, Cpu logCpu)
    {
        _log = log;
        _logCpu = logCpu;
        _mail = new Mail(this);
    }

    /// <inheritdoc/>
    /// <remarks>By the faulty CPU.</remarks>
    protected override void Write(ReadOnlySpan<byte> line)
    {
        // All at once, as the reader is to find whole lines.
        _record[0] = (byte)line.Length;
        line.CopyTo(_record.AsSpan(1));
        if (!_ring.TryWrite(new ReadOnlySpan<byte>(_record, 0, 1 + line.Length)))
            _ring.Lose(1);
        _logCpu.Send(_mail);
    }

    // What comes meanwhile brings mail of its own.
    private void WriteLines()
    {
        int left = _ring.Count;
        while (left > 0 && _ring.TryPeek(out byte length))
        {
            _ring.Skip(1);
            _ring.Read(new Span<byte>(_text, 0, length));
            _log.Error("").Text(new ReadOnlySpan<byte>(_text, 0, length)).End();
            left -= 1 + length;
        }

        ulong lost = _ring.TakeLost();
        if (lost != 0)
            _log.Error("").Decimal(lost).Text(" lines of the report were lost").End();
    }

    private sealed class Mail(RemoteLogReport report) : CpuWork
    {
        public override void Run(Cpu cpu) => report.WriteLines();
    }
}
