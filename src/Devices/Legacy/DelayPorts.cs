using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The ports that systems write for the delay that it takes: 0x80 (the diagnostic port, which keeps its byte) and 0xED. Without it they would count
/// as unknown ports.
/// </summary>
public sealed class DelayPorts : IsaDevice
{
    private const ushort Diagnostic = 0x80;
    private const ushort Delay = 0xED;

    /// <inheritdoc/>
    public override string Name => "delay ports";

    /// <summary>What was last written to port 0x80: a progress code, for systems that write any.</summary>
    public byte DiagnosticCode { get; private set; }

    /// <summary>Registers its ports. False when one is taken.</summary>
    public bool TryRegister(PortBus ports) => ports.TryRegister(this, Diagnostic, 1) && ports.TryRegister(this, Delay, 1);

    /// <inheritdoc/>
    public override void Reset() => DiagnosticCode = 0;

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port) => port == Diagnostic ? DiagnosticCode : byte.MaxValue;

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        if (port == Diagnostic) DiagnosticCode = value;
    }
}
