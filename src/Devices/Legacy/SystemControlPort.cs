using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// Port 0x61, the PC's system control port B (IBM AT technical reference; Intel 82371AB PIIX4 data sheet, 7.4): the gate of the speaker's counter, and its output.
/// There is no speaker and no NMI behind it.
/// </summary>
public sealed class SystemControlPort(Pit8254 pit) : IsaDevice
{
    private const ushort Port = 0x61;
    private const byte TimerGate = 1 << 0;
    private const byte Writable = 0b1111;
    private const byte RefreshToggle = 1 << 4;
    private const byte TimerOutput = 1 << 5;

    /// <summary>Counter 1 of a PC asks for a refresh each 18 clocks (15.085 µs), and the bit toggles with each.</summary>
    private const ulong RefreshPeriod = 18;

    private byte _value;

    /// <inheritdoc/>
    public override string Name => "system control port";

    /// <summary>Registers its port. False when it is taken.</summary>
    public bool TryRegister(PortBus ports) => ports.TryRegister(this, Port, 1);

    /// <inheritdoc/>
    public override void Reset()
    {
        _value = 0;
        pit.SpeakerGate = false;
    }

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port)
    {
        if (port != Port) return byte.MaxValue;
        bool refresh = pit.Now / RefreshPeriod % 2 != 0;
        return (byte)(_value | (refresh ? RefreshToggle : 0) | (pit.SpeakerOutput ? TimerOutput : 0));
    }

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        if (port != Port) return;
        _value = (byte)(value & Writable);
        pit.SpeakerGate = (value & TimerGate) != 0;
    }
}
