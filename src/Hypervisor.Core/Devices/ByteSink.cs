using System;

namespace Lamina.Core;

/// <summary>Where a device's output bytes go: a VM's console.</summary>
public abstract class ByteSink
{
    /// <summary>Takes one byte; never waits. What does not fit is dropped and counted by the sink.</summary>
    public abstract void Write(byte value);

    /// <summary>Takes several bytes, in the same way. They may lie in a guest's memory: each is looked at once.</summary>
    public virtual void Write(ReadOnlySpan<byte> bytes)
    {
        foreach (byte value in bytes) Write(value);
    }
}
