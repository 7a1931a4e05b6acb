using System;

namespace Lamina.Host;

/// <summary>Where the lines of all consoles go in the end: a serial port, a screen.</summary>
public abstract class ConsoleOutput
{
    /// <summary>Says that there is something new in the ring. Does a bounded amount of work and never waits.</summary>
    public abstract void Kick();

    /// <summary>Shows a piece of the hypervisor's own log at once, where that is possible without waiting for a line.</summary>
    public virtual void Show(ReadOnlySpan<byte> text)
    {
    }
}
