namespace Lamina.Devices.Tests.Interrupts;

public class InterruptRouterTests
{
    private readonly RecordingBus _bus = new();
    private readonly Pic8259Pair _pic;
    private readonly IoApic _ioApic;
    private readonly InterruptRouter _router;

    public InterruptRouterTests()
    {
        _pic = new Pic8259Pair(_bus, GuestPlatform.SciLine);
        _ioApic = new IoApic(_bus, 0);
        _router = new InterruptRouter(_pic, _ioApic);
        _router.Reset();
        foreach (ushort data in new ushort[] { 0x21, 0xA1 })
        {
            _pic.WritePort((ushort)(data - 1), 1, 0x11);
            _pic.WritePort(data, 1, data == 0x21 ? 0x20u : 0x28u);
            _pic.WritePort(data, 1, 0);
            _pic.WritePort(data, 1, 1);
        }
        for (uint pin = 0; pin < IoApic.Pins; pin++)
        {
            _ioApic.WriteMemory(0, 4, 0x10 + 2 * pin);
            // PCI pins are active low levels, the others edges.
            _ioApic.WriteMemory(0x10, 4, (pin >= 16 ? 0xA000u : 0) | 0x40 + pin);
        }
    }

    [Theory]
    [InlineData(0, 0x20, 0x42)]
    [InlineData(1, 0x21, 0x41)]
    [InlineData(4, 0x24, 0x44)]
    [InlineData(8, 0x28, 0x48)]
    [InlineData(15, 0x2F, 0x4F)]
    public void An_ISA_interrupt_reaches_both(int line, byte picVector, byte ioApicVector)
    {
        _router.SetLine(line, true);
        _pic.Output.Acknowledge().Should().Be(picVector);
        _bus.Sent.Should().ContainSingle().Which.Vector.Should().Be(ioApicVector);
    }

    [Theory]
    [InlineData(16, 0x50)]
    [InlineData(23, 0x57)]
    public void A_PCI_interrupt_is_an_active_low_level_at_the_IO_APIC_alone(int line, byte vector)
    {
        _bus.Sent.Should().BeEmpty("at rest its pin is high");
        _router.SetLine(line, true);
        _pic.Output.IsPending.Should().BeFalse();
        _bus.Sent.Should().ContainSingle().Which.Vector.Should().Be(vector);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(24)]
    [InlineData(1000)]
    [InlineData(-1)]
    public void A_line_that_is_not_there_does_nothing(int line)
    {
        _router.SetLine(line, true);
        _bus.Sent.Should().BeEmpty();
        _pic.Output.IsPending.Should().BeFalse();
    }
}
