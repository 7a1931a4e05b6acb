using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Devices.Tests.Interrupts;

public class IoApicTests
{
    private const ulong Select = 0, Window = 0x10, Eoi = 0x40;
    private const uint Masked = 1 << 16, Level = 1 << 15, RemoteIrr = 1 << 14, ActiveLow = 1 << 13, SendPending = 1 << 12;
    private readonly RecordingBus _bus = new();
    private readonly IoApic _ioApic;

    public IoApicTests() => _ioApic = new IoApic(_bus, id: 3);

    private uint Read(int register)
    {
        _ioApic.WriteMemory(Select, 4, (ulong)register);
        return (uint)_ioApic.ReadMemory(Window, 4);
    }

    private void Write(int register, uint value)
    {
        _ioApic.WriteMemory(Select, 4, (ulong)register);
        _ioApic.WriteMemory(Window, 4, value);
    }

    private void Program(int pin, uint low, byte destination = 0)
    {
        Write(0x11 + 2 * pin, (uint)destination << 24);
        Write(0x10 + 2 * pin, low);
    }

    private uint Low(int pin) => Read(0x10 + 2 * pin);

    [Fact]
    public void It_says_what_it_is()
    {
        Read(0).Should().Be(3u << 24);
        Read(1).Should().Be(0x0017_0020);
        Read(2).Should().Be(3u << 24);
        Write(0, 0xFF00_0000);
        Read(0).Should().Be(0x0F00_0000);
        Write(1, 0);
        Read(1).Should().Be(0x0017_0020);
        Read(0x40).Should().Be(0);
        for (int pin = 0; pin < IoApic.Pins; pin++) Low(pin).Should().Be(Masked);
    }

    [Fact]
    public void An_edge_sends_the_message_of_its_entry()
    {
        Program(4, 0x0831, destination: 0x5A); // logical, fixed
        _ioApic.SetPin(4, true);
        _ioApic.SetPin(4, true);
        _ioApic.SetPin(4, false);
        _bus.Sent.Should().ContainSingle();
        _bus.Sent[0].Vector.Should().Be(0x31);
        _bus.Sent[0].Mode.Should().Be(DeliveryMode.Fixed);
        _bus.Sent[0].Destination.Should().Be(0x5A);
        _bus.Sent[0].Logical.Should().BeTrue();
        _bus.Sent[0].LevelTriggered.Should().BeFalse();
    }

    [Theory]
    [InlineData(1, DeliveryMode.LowestPriority)]
    [InlineData(4, DeliveryMode.Nmi)]
    [InlineData(7, DeliveryMode.External)]
    public void Delivery_modes_are_passed_on(int mode, DeliveryMode expected)
    {
        Program(1, (uint)(mode << 8 | 0x40));
        _ioApic.SetPin(1, true);
        _bus.Sent[0].Mode.Should().Be(expected);
    }

    [Fact]
    public void An_edge_at_a_masked_pin_is_lost()
    {
        Program(4, Masked | 0x31);
        _ioApic.SetPin(4, true);
        Program(4, 0x31);
        _bus.Sent.Should().BeEmpty();
    }

    [Fact]
    public void An_active_low_edge_is_a_fall()
    {
        Program(4, ActiveLow | 0x31);
        _ioApic.SetPin(4, true);
        _bus.Sent.Should().BeEmpty();
        _ioApic.SetPin(4, false);
        _bus.Sent.Should().ContainSingle();
    }

    [Fact]
    public void A_level_is_sent_once_until_its_EOI_and_again_while_it_lasts()
    {
        Program(16, Level | 0x51);
        _ioApic.SetPin(16, true);
        _bus.Sent.Should().ContainSingle().Which.LevelTriggered.Should().BeTrue();
        (Low(16) & RemoteIrr).Should().NotBe(0);
        _ioApic.SetPin(16, false);
        _ioApic.SetPin(16, true);
        _bus.Sent.Should().ContainSingle();

        _ioApic.EndOfInterruptListener.EndOfInterrupt(0x50);
        _bus.Sent.Should().ContainSingle("that was another vector's");
        _ioApic.EndOfInterruptListener.EndOfInterrupt(0x51);
        _bus.Sent.Should().HaveCount(2);

        _ioApic.SetPin(16, false);
        _ioApic.EndOfInterruptListener.EndOfInterrupt(0x51);
        _bus.Sent.Should().HaveCount(2);
        (Low(16) & RemoteIrr).Should().Be(0);
    }

    [Fact]
    public void A_level_at_a_masked_pin_comes_when_it_is_unmasked()
    {
        Program(16, Masked | Level | 0x51);
        _ioApic.SetPin(16, true);
        _bus.Sent.Should().BeEmpty();
        Program(16, Level | 0x51);
        _bus.Sent.Should().ContainSingle();
    }

    [Fact]
    public void The_EOI_register_does_as_a_local_APICs_EOI()
    {
        Program(16, Level | 0x51);
        _ioApic.SetPin(16, true);
        _ioApic.WriteMemory(Eoi, 4, 0x51);
        _bus.Sent.Should().HaveCount(2);
    }

    [Fact]
    public void Remote_IRR_and_delivery_status_cannot_be_written_and_edge_mode_clears_remote_IRR()
    {
        Program(16, Level | 0x51);
        Program(16, Level | RemoteIrr | SendPending | 0x51);
        Low(16).Should().Be(Level | 0x51);
        _ioApic.SetPin(16, true);
        Program(16, Level | 0x51);
        Low(16).Should().Be(Level | RemoteIrr | 0x51);
        Program(16, Masked | 0x51);
        Low(16).Should().Be(Masked | 0x51);
    }

    [Fact]
    public void What_nobody_takes_is_pending_and_sent_again()
    {
        _bus.Accepts = false;
        Program(4, 0x31);
        _ioApic.SetPin(4, true);
        (Low(4) & SendPending).Should().NotBe(0);
        _bus.Accepts = true;
        Program(4, 0x31, destination: 1);
        (Low(4) & SendPending).Should().Be(0);
        _bus.Sent[^1].Destination.Should().Be(1);
    }

    [Fact]
    public void A_pending_edge_does_not_outlive_masking()
    {
        _bus.Accepts = false;
        Program(4, 0x31);
        _ioApic.SetPin(4, true);
        Program(4, Masked | 0x31);
        int before = _bus.Sent.Count;
        Program(4, 0x31);
        _bus.Sent.Should().HaveCount(before);
    }

    [Fact]
    public void Narrow_writes_of_the_window_are_ignored()
    {
        _ioApic.WriteMemory(Select, 1, 0x10);
        _ioApic.WriteMemory(Window, 1, 0x31);
        Low(0).Should().Be(Masked);
    }

    [Fact]
    public void Only_a_pin_that_is_active_and_open_has_remote_IRR()
    {
        var step = from pin in Gen.Choose(0, 3) from kind in Gen.Choose(0, 3) from value in Gen.Choose(0, 0x1FFFF) select (pin, kind, value);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            _ioApic.Reset();
            foreach (var (pin, kind, value) in steps)
            {
                int sent = _bus.Sent.Count;
                bool served = (Low(pin) & RemoteIrr) != 0;
                if (kind == 0) _ioApic.SetPin(pin, (value & 1) != 0);
                else if (kind == 1) Program(pin, (uint)value);
                else if (kind == 2) _ioApic.WriteMemory(Eoi, 4, (uint)value);
                else _ioApic.EndOfInterruptListener.EndOfInterrupt((byte)value);
                if (kind == 0 && served) _bus.Sent.Should().HaveCount(sent, "nothing is sent while an interrupt is being served");
                uint low = Low(pin);
                if ((low & RemoteIrr) != 0) (low & Level).Should().NotBe(0u);
            }
        }).QuickCheckThrowOnFailure();
    }
}
