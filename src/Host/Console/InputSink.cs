namespace Lamina.Host;

/// <summary>Where typed bytes go: the console switch, and from there a VM's serial port or virtio console.</summary>
public abstract class InputSink
{
    /// <summary>Takes one byte; never waits. False when there is no room: the same byte is offered again later.</summary>
    public abstract bool TryWrite(byte value);
}
