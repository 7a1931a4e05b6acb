using System;

namespace Lamina.Host;

/// <summary>
/// The hypervisor's log: lines with a level, in the stream of <see cref="ConsoleMultiplexer"/>. Not for the exit way: putting a line together costs more
/// than an exit.
/// </summary>
public sealed class Log
{
    private readonly ConsoleMultiplexer _console;
    private readonly LogLine _line;

    /// <summary>Makes the log of a stream.</summary>
    public Log(ConsoleMultiplexer console)
    {
        _console = console;
        _line = new LogLine(this);
    }

    /// <summary>What is less than this is left out.</summary>
    public LogLevel Level { get; set; } = LogLevel.Info;

    /// <summary>Begins a line; <see cref="LogLine.End"/> puts it into the log.</summary>
    public LogLine Begin(LogLevel level)
    {
        LogLine line = _line.Begin(level, level >= Level);
        return level switch
        {
            LogLevel.Debug => line.Text("debug: "),
            LogLevel.Warning => line.Text("warning: "),
            LogLevel.Error => line.Text("error: "),
            _ => line,
        };
    }

    /// <summary>Begins a line for whoever works on the hypervisor.</summary>
    public LogLine Debug(string text) => Begin(LogLevel.Debug).Text(text);

    /// <summary>Begins a line that says what happens.</summary>
    public LogLine Info(string text) => Begin(LogLevel.Info).Text(text);

    /// <summary>Begins a line on something that is not as it should be.</summary>
    public LogLine Warning(string text) => Begin(LogLevel.Warning).Text(text);

    /// <summary>Begins a line on something that does not work.</summary>
    public LogLine Error(string text) => Begin(LogLevel.Error).Text(text);

    /// <summary>Begins a line that answers whoever sits at the console: it is shown whatever the level.</summary>
    public LogLine Answer(string text) => _line.Begin(LogLevel.Error, true).Text(text);

    // Who looks at one VM bare is not disturbed by what only happens.
    internal void Write(LogLevel level, ReadOnlySpan<byte> line)
    {
        if (level >= LogLevel.Warning || !_console.IsBare)
            _console.Hypervisor.WriteLine(line);
        _console.Output?.Show(line);
    }
}
