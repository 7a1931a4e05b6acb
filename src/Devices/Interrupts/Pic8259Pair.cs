using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The PC's two 8259A interrupt controllers: the master with inputs 0 to 7, the slave with 8 to 15 at the master's input 2, and the edge/level
/// control registers ELCR (Intel 82371AB PIIX4 data sheet, 7.2.3). Its output goes to vCPU 0's INTR pin and LINT0, through <see cref="Output"/>.
/// <para>The cascade between the two follows the slave's output by level, so that nothing can be lost between them.</para>
/// </summary>
public sealed class Pic8259Pair : IsaDevice
{
    /// <summary>The first port of the edge/level control registers.</summary>
    public const ushort ElcrPort = 0x4D0;
    /// <summary>How many ports they take.</summary>
    public const byte ElcrPorts = 2;

    private const ushort MasterCommand = 0x20;
    private const ushort MasterData = 0x21;
    private const ushort SlaveCommand = 0xA0;
    private const ushort SlaveData = 0xA1;
    private const ushort MasterElcr = ElcrPort;
    private const ushort SlaveElcr = 0x4D1;

    private const int InputsEach = 8;
    private const int Cascade = 2;

    /// <summary>IRQ 0, 1 and 2 cannot be level-triggered, nor can 8 and 13.</summary>
    private const byte MasterElcrMask = 0b1111_1000;
    private const byte SlaveElcrMask = 0b1101_1110;

    private readonly InterruptBus _bus;
    private readonly Pic8259 _master = new() { CascadeInput = 1 << Cascade };
    private readonly Pic8259 _slave = new();
    private readonly byte _firmwareSlaveElcr;
    private bool _output;

    /// <summary>
    /// A pair at <paramref name="bus"/>. Firmware, which a VM does not have, would have set the line of the ACPI SCI to level:
    /// so it is after a reset.
    /// </summary>
    public Pic8259Pair(InterruptBus bus, int sciLine)
    {
        _bus = bus;
        _firmwareSlaveElcr = (byte)((1 << (sciLine - InputsEach)) & SlaveElcrMask);
        Output = new IntrOutput(this);
        Reset();
    }

    /// <inheritdoc/>
    public override string Name => "8259";

    /// <summary>What stands at vCPU 0's INTR pin.</summary>
    public ExternalInterruptSource Output { get; }

    /// <summary>Registers its ports. False when one is taken.</summary>
    public bool TryRegister(PortBus ports) =>
        ports.TryRegister(this, MasterCommand, 2) && ports.TryRegister(this, SlaveCommand, 2) && ports.TryRegister(this, ElcrPort, ElcrPorts);

    /// <inheritdoc/>
    public override void Reset()
    {
        _master.Reset();
        _slave.Reset();
        _master.LevelTriggered = 1 << Cascade;
        _slave.LevelTriggered = _firmwareSlaveElcr;
        Update();
    }

    /// <summary>Sets the level of ISA interrupt 0 to 15. 2 is the cascade: nothing is wired there.</summary>
    public void SetLine(int irq, bool high)
    {
        if ((uint)irq >= 2 * InputsEach || irq == Cascade) return;
        if (irq < InputsEach) _master.SetLine(irq, high);
        else _slave.SetLine(irq - InputsEach, high);
        Update();
    }

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port)
    {
        byte value;
        switch (port)
        {
            case MasterCommand or MasterData: value = _master.Read(a0: port == MasterData); break;
            case SlaveCommand or SlaveData: value = _slave.Read(a0: port == SlaveData); break;
            case MasterElcr: return (byte)(_master.LevelTriggered & MasterElcrMask);
            case SlaveElcr: return _slave.LevelTriggered;
            default: return byte.MaxValue;
        }
        // The answer to a poll takes an interrupt into service.
        Update();
        return value;
    }

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        switch (port)
        {
            case MasterCommand or MasterData: _master.Write(a0: port == MasterData, value); break;
            case SlaveCommand or SlaveData: _slave.Write(a0: port == SlaveData, value); break;
            case MasterElcr: _master.LevelTriggered = (byte)((value & MasterElcrMask) | (1 << Cascade)); break;
            case SlaveElcr: _slave.LevelTriggered = (byte)(value & SlaveElcrMask); break;
            default: return;
        }
        Update();
    }

    private byte Acknowledge()
    {
        int input = _master.Acknowledge();
        // The slave gives the vector for its own, a spurious one (IRQ 15) included.
        byte vector = input == Cascade ? _slave.VectorOf(_slave.Acknowledge()) : _master.VectorOf(input);
        Update();
        return vector;
    }

    private void Update()
    {
        _master.SetLine(Cascade, _slave.Output);
        bool output = _master.Output;
        if (output == _output) return;
        _output = output;
        _bus.ExternalInterruptChanged();
    }

    /// <summary>The master's INT and INTA pins, as the processor sees them.</summary>
    private sealed class IntrOutput(Pic8259Pair pair) : ExternalInterruptSource
    {
        public override bool IsPending => pair._output;

        public override byte Acknowledge() => pair.Acknowledge();
    }
}
