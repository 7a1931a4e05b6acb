using System;
using System.IO;
using System.Text;

namespace Lamina.Cli.Running;

/// <summary>What the machine prints, to standard output and to the log file, as it comes.</summary>
internal sealed class RunOutput : IDisposable
{
    private readonly Stream _output = Console.OpenStandardOutput();
    private readonly FileStream? _log;
    private readonly LogPainter? _painter;
    private readonly Action _onBroken;
    private bool _isBroken;
    private bool _isLineOpen;

    /// <param name="logFile">The log file, made anew; null for none.</param>
    /// <param name="painter">Colours what goes to standard output; null for none.</param>
    /// <param name="onBroken">Called when nobody reads standard output any more.</param>
    internal RunOutput(string? logFile, LogPainter? painter, Action onBroken)
    {
        _painter = painter;
        _onBroken = onBroken;
        try
        {
            _log = logFile is null ? null : new FileStream(logFile, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"--log {logFile}: {exception.Message}");
        }
    }

    internal void Write(string text)
    {
        _isLineOpen = !text.EndsWith('\n');
        _log?.Write(Encoding.UTF8.GetBytes(text));
        if (_isBroken)
            return;
        try
        {
            _output.Write(Encoding.UTF8.GetBytes(_painter?.Paint(text) ?? text));
        }
        catch (IOException)
        {
            _isBroken = true;
            _onBroken();
        }
    }

    /// <summary>Ends a line that the machine left open, on the screen alone, so that what follows begins a line.</summary>
    internal void EndLine()
    {
        if (_isLineOpen && !_isBroken)
            _output.WriteByte((byte)'\n');
        _isLineOpen = false;
    }

    public void Dispose()
    {
        EndLine();
        _output.Dispose();
        _log?.Dispose();
    }
}
