using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>What is typed at the machine's serial port goes to one VM's; to nobody while that VM does not live.</summary>
internal sealed class ConsoleInput : InputSink
{
    /// <summary>The VM's serial port.</summary>
    public Uart16550? Uart { get; set; }

    /// <inheritdoc/>
    public override bool TryWrite(byte value) => Uart is null || Uart.Receive(value);
}
