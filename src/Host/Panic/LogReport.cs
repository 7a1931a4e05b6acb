using System;

namespace Lamina.Host;

/// <summary>Where the report on a fault goes that the machine survives: lines of the log.</summary>
public sealed class LogReport(Log log) : ReportWriter
{
    /// <inheritdoc/>
    protected override void Write(ReadOnlySpan<byte> line) => log.Error("").Text(line).End();
}
