using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>What is typed at a VM goes to its console: a port of its virtio console, or else its serial port. To nobody while it does not live.</summary>
internal sealed class ConsoleInput : InputSink
{
    /// <summary>The VM's serial port.</summary>
    public Uart16550? Uart { get; set; }

    /// <summary>The VM's port of a virtio console, if that is its console.</summary>
    public ConsolePort? Port { get; set; }

    /// <inheritdoc/>
    public override bool TryWrite(byte value) => Port?.TrySend(value) ?? Uart?.Receive(value) ?? true;
}
