using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>What is typed at a VM goes to its serial port.</summary>
internal sealed class ConsoleInput(Uart16550 uart) : InputSink
{
    /// <inheritdoc/>
    public override bool TryWrite(byte value) => uart.Receive(value);
}
