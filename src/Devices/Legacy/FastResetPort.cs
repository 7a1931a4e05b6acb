using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// Port 0x92, the PS/2's system control port A (Intel 82371AB PIIX4 data sheet, 4.3.1): bit 0 resets when it rises, bit 1 is A20. A20 is only remembered:
/// addresses are never masked, as on today's processors.
/// </summary>
public sealed class FastResetPort(MachineControl machine) : IsaDevice
{
    private const ushort Port = 0x92;
    private const byte FastReset = 1 << 0;
    private const byte A20 = 1 << 1;

    private byte _value;

    /// <inheritdoc/>
    public override string Name => "fast reset port";

    /// <summary>Registers its port. False when it is taken.</summary>
    public bool TryRegister(PortBus ports) => ports.TryRegister(this, Port, 1);

    /// <summary>A20 is on, as firmware leaves it.</summary>
    public override void Reset() => _value = A20;

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port) => port == Port ? _value : byte.MaxValue;

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        if (port != Port) return;
        bool rises = (value & ~_value & FastReset) != 0;
        _value = (byte)(value & (FastReset | A20));
        if (rises) machine.Reset();
    }
}
