using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The reset control register at port 0xCF9 (Intel 82371AB PIIX4 data sheet, 4.3.2), which is also the FADT's RESET_REG: a rise of bit 2 resets the machine.
/// </summary>
public sealed class ResetControl(MachineControl machine) : IsaDevice
{
    /// <summary>Its port.</summary>
    public const ushort Port = 0xCF9;

    /// <summary>The value that resets all: what the FADT says.</summary>
    public const byte ResetValue = SystemReset | ResetCpu;

    private const byte SystemReset = 1 << 1;
    private const byte ResetCpu = 1 << 2;
    private const byte FullReset = 1 << 3;

    private byte _value;

    /// <inheritdoc/>
    public override string Name => "reset control";

    /// <summary>Registers its port. False when it is taken.</summary>
    public bool TryRegister(PortBus ports) => ports.TryRegister(this, Port, 1);

    /// <inheritdoc/>
    public override void Reset() => _value = 0;

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port) => port == Port ? _value : byte.MaxValue;

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        if (port != Port) return;
        bool rises = (value & ~_value & ResetCpu) != 0;
        _value = (byte)(value & (SystemReset | ResetCpu | FullReset));
        if (rises) machine.Reset();
    }
}
