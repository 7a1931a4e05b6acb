using Lamina.Core;
using Lamina.Devices;

namespace Lamina.Boot;

/// <summary>What is typed at the machine's serial port goes to one VM's.</summary>
internal sealed class ConsoleInput(Uart16550 uart) : ByteSink
{
    /// <inheritdoc/>
    public override void Write(byte value) => uart.Receive(value);
}
