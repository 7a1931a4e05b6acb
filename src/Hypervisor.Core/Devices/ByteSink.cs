namespace Lamina.Core;

/// <summary>Where a device's output bytes go: a VM's console.</summary>
public abstract class ByteSink
{
    /// <summary>Takes one byte; never waits. What does not fit is dropped and counted by the sink.</summary>
    public abstract void Write(byte value);
}
