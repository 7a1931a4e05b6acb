using System;
using System.IO;
using System.Text;

namespace Lamina.Cli.Running;

/// <summary>What the machine prints, to standard output and to the log file, as it comes.</summary>
internal sealed class RunOutput : IDisposable
{
    private readonly Stream output = Console.OpenStandardOutput();
    private readonly FileStream? log;
    private readonly Action onBroken;
    private bool isBroken;
    private bool isLineOpen;

    /// <param name="logFile">The log file, made anew; null for none.</param>
    /// <param name="onBroken">Called when nobody reads standard output any more.</param>
    internal RunOutput(string? logFile, Action onBroken)
    {
        this.onBroken = onBroken;
        try
        {
            log = logFile is null ? null : new FileStream(logFile, FileMode.Create, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCode.Usage, $"--log {logFile}: {exception.Message}");
        }
    }

    internal void Write(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        isLineOpen = !text.EndsWith('\n');
        log?.Write(bytes);
        if (isBroken)
            return;
        try
        {
            output.Write(bytes);
        }
        catch (IOException)
        {
            isBroken = true;
            onBroken();
        }
    }

    /// <summary>Ends a line that the machine left open, on the screen alone, so that what follows begins a line.</summary>
    internal void EndLine()
    {
        if (isLineOpen && !isBroken)
            output.WriteByte((byte)'\n');
        isLineOpen = false;
    }

    public void Dispose()
    {
        EndLine();
        output.Dispose();
        log?.Dispose();
    }
}
