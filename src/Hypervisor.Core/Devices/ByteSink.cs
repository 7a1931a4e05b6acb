using System;

namespace Lamina.Core;

/// <summary>Where a device's output bytes go: a VM's console.</summary>
public abstract class ByteSink
{
    /// <summary>Takes one byte; never waits. What does not fit is dropped and counted by the sink.</summary>
    public abstract void Write(byte value);

    /// <summary>
    /// Takes bytes in their order, as if each came by itself. They are looked at more than once: they must be the caller's own copy, not memory that a
    /// guest can change meanwhile.
    /// </summary>
    public virtual void Write(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes) Write(value);
    }
}
