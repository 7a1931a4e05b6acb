using System;

namespace Lamina.Host;

/// <summary>Where a panic is written: straight to the serial port, which is waited for (a bounded time), and to the screen.</summary>
public sealed class PanicConsole(SerialConsole console, SerialPort? port) : ReportWriter
{
    /// <summary>Lets out what still waits in the log, then begins.</summary>
    public void Begin()
    {
        console.Drain();
        if (port != null)
            Send("\n"u8);
    }

    /// <inheritdoc/>
    protected override void Write(ReadOnlySpan<byte> line)
    {
        Send("[lamina] "u8);
        Send(line);
        Send("\n"u8);
    }

    private void Send(ReadOnlySpan<byte> text)
    {
        console.Screen?.Write(text);
        if (port == null)
            return;
        foreach (byte c in text)
        {
            if (c == '\n')
                port.SendPolled((byte)'\r');
            port.SendPolled(c);
        }
    }
}
