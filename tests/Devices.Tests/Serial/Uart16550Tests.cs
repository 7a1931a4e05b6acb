using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Serial;

public class Uart16550Tests
{
    private const int Data = 0, Enable = 1, Identify = 2, Fifo = 2, LineControl = 3, ModemControl = 4, LineStatus = 5, ModemStatus = 6, Scratch = 7;
    private const int Ready = 0x0B; // DTR, RTS, OUT2
    private const ulong Frequency = 1_152_000_000;
    private const ulong TicksPerBit = Frequency / 115_200;

    private readonly FakeCpu _cpu = new();
    private readonly RecordingLines _lines = new();
    private readonly TestSink _sink = new();
    private readonly Uart16550 _uart;

    public Uart16550Tests() => _uart = new Uart16550(new GuestClock(_cpu, Frequency), _lines[4], Uart16550.Com1, _sink);

    private byte this[int register]
    {
        get => (byte)_uart.ReadPort((ushort)(Uart16550.Com1 + register), 1);
        set => _uart.WritePort((ushort)(Uart16550.Com1 + register), 1, value);
    }

    private bool Irq => _lines.IsHigh(4);

    private void Receive(string text)
    {
        foreach (byte value in Encoding.ASCII.GetBytes(text)) _uart.Receive(value).Should().BeTrue();
    }

    private string ReadAll()
    {
        var text = new StringBuilder();
        while ((this[LineStatus] & 1) != 0) text.Append((char)this[Data]);
        return text.ToString();
    }

    [Fact]
    public void What_is_sent_leaves_at_once_and_the_transmitter_is_empty()
    {
        foreach (char character in "Hello") this[Data] = (byte)character;
        _sink.Text.Should().Be("Hello");
        this[LineStatus].Should().Be(0x60);
    }

    [Fact]
    public void A_system_finds_a_16550A()
    {
        // The probe that every driver makes: FIFOs, scratch, loopback.
        this[Enable] = 0xFF;
        this[Enable].Should().Be(0x0F);
        this[Enable] = 0;
        this[Fifo] = 0x01;
        (this[Identify] >> 6).Should().Be(3);
        this[Fifo] = 0x00;
        (this[Identify] >> 6).Should().Be(0);
        this[Scratch] = 0xA5;
        this[Scratch].Should().Be(0xA5);
        this[ModemControl] = 0x10 | 0x0A;
        (this[ModemStatus] & 0xF0).Should().Be(0x90);
    }

    [Fact]
    public void The_divisor_is_behind_DLAB()
    {
        this[LineControl] = 0x83;
        this[Data] = 0x0C;
        this[Enable] = 0x01;
        (this[Data], this[Enable]).Should().Be((0x0C, 0x01));
        this[LineControl] = 0x03;
        this[Enable].Should().Be(0);
        _sink.Text.Should().BeEmpty();
    }

    [Fact]
    public void The_transmitters_interrupt_comes_when_it_is_enabled_and_goes_when_it_is_identified()
    {
        this[ModemControl] = Ready;
        this[Enable] = 0x02;
        Irq.Should().BeTrue();
        this[Identify].Should().Be(0x02);
        Irq.Should().BeFalse();
        this[Identify].Should().Be(0x01);
        this[Data] = (byte)'x';
        Irq.Should().BeTrue("the transmitter is empty again");
        this[Enable] = 0x00;
        Irq.Should().BeFalse();
    }

    [Fact]
    public void OUT2_lets_the_interrupt_through()
    {
        this[Enable] = 0x02;
        Irq.Should().BeFalse();
        this[ModemControl] = 0x08;
        Irq.Should().BeTrue();
        this[ModemControl] = 0x18;
        Irq.Should().BeFalse("in loopback its pin is inactive");
    }

    [Fact]
    public void Without_FIFOs_each_byte_interrupts()
    {
        this[ModemControl] = Ready;
        this[Enable] = 0x01;
        Receive("ab");
        Irq.Should().BeTrue();
        this[Identify].Should().Be(0x04);
        this[Data].Should().Be((byte)'a');
        Irq.Should().BeTrue();
        this[Data].Should().Be((byte)'b');
        Irq.Should().BeFalse();
    }

    [Theory]
    [InlineData(0x01, 1)]
    [InlineData(0x41, 4)]
    [InlineData(0x81, 8)]
    [InlineData(0xC1, 14)]
    public void With_FIFOs_the_interrupt_comes_at_the_trigger_level(byte control, int level)
    {
        this[ModemControl] = Ready;
        this[Enable] = 0x01;
        this[Fifo] = control;
        Receive(new string('x', level - 1));
        Irq.Should().BeFalse();
        Receive("x");
        Irq.Should().BeTrue();
        this[Identify].Should().Be(0xC4);
        this[Data].Should().Be((byte)'x');
        Irq.Should().BeFalse();
    }

    [Fact]
    public void Below_the_trigger_a_time_out_comes_after_four_characters_time()
    {
        this[LineControl] = 0x83;
        this[Data] = 12; // 9600 baud, 8N1: 10 bits a character
        this[LineControl] = 0x03;
        this[ModemControl] = Ready;
        this[Enable] = 0x01;
        this[Fifo] = 0xC1;
        Receive("ab");
        _cpu.Run(4 * 10 * 12 * TicksPerBit - 1);
        Irq.Should().BeFalse();
        _cpu.Run(1);
        Irq.Should().BeTrue();
        this[Identify].Should().Be(0xCC);
        this[Data].Should().Be((byte)'a');
        Irq.Should().BeFalse("the time begins anew with each read");
        _cpu.Run(4 * 10 * 12 * TicksPerBit);
        Irq.Should().BeTrue();
        this[Data].Should().Be((byte)'b');
        Irq.Should().BeFalse();
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void A_time_out_that_has_come_stays_until_the_FIFO_is_read()
    {
        this[ModemControl] = Ready;
        this[Enable] = 0x01;
        this[Fifo] = 0xC1;
        Receive("a");
        _cpu.Run(4 * 10 * TicksPerBit);
        Irq.Should().BeTrue();
        Receive("b");
        Irq.Should().BeTrue();
        this[Identify].Should().Be(0xCC, "the guest's handler finds what it was called for");
        this[Data].Should().Be((byte)'a');
        Irq.Should().BeFalse("the time begins anew with the read");
    }

    [Fact]
    public void What_comes_before_the_guest_is_ready_waits()
    {
        Receive("early");
        this[Fifo] = 0x07;
        this[Fifo] = 0x07;
        this[LineStatus].Should().Be(0x60);
        this[ModemControl] = Ready;
        ReadAll().Should().Be("early");
    }

    [Fact]
    public void A_long_input_passes_through_the_FIFO_without_overrun()
    {
        string text = new('y', 1000);
        this[ModemControl] = Ready;
        this[Fifo] = 0xC1;
        Receive(text);
        this[LineStatus].Should().Be(0x61);
        ReadAll().Should().Be(text);
    }

    [Fact]
    public void Input_is_bounded()
    {
        for (int i = 0; i < Uart16550.QueueCapacity; i++) _uart.Receive(0).Should().BeTrue();
        _uart.Receive(0).Should().BeFalse();
    }

    [Fact]
    public void Loopback_returns_what_is_sent_and_overruns_as_the_data_sheet_says()
    {
        this[ModemControl] = 0x10;
        this[Data] = 1;
        this[Data] = 2;
        this[LineStatus].Should().Be(0x63, "without FIFOs the second replaces the first");
        this[LineStatus].Should().Be(0x61, "reading it clears the error");
        this[Data].Should().Be(2);
        this[Fifo] = 0x01;
        for (int i = 0; i < 17; i++) this[Data] = (byte)i;
        this[LineStatus].Should().Be(0x63);
        for (int i = 0; i < 16; i++) this[Data].Should().Be((byte)i);
        this[LineStatus].Should().Be(0x60);
        _sink.Text.Should().BeEmpty();
    }

    [Fact]
    public void Priorities_are_line_status_data_transmitter_modem()
    {
        this[ModemControl] = 0x10;
        this[Enable] = 0x0F;
        this[Data] = 1;
        this[Data] = 2;
        this[Identify].Should().Be(0x06);
        _ = this[LineStatus];
        this[Identify].Should().Be(0x04);
        _ = this[Data];
        this[Identify].Should().Be(0x02);
        this[Identify].Should().Be(0x00);
        _ = this[ModemStatus];
        this[Identify].Should().Be(0x01);
    }

    [Fact]
    public void The_terminal_is_ready_and_changes_are_told_once()
    {
        this[ModemStatus].Should().Be(0xB0);
        this[ModemControl] = 0x14; // loopback, OUT1: ring
        this[ModemStatus].Should().Be(0x4B, "three lines fell; the ring that begins does not count");
        this[ModemStatus].Should().Be(0x40);
        this[ModemControl] = 0x00;
        this[ModemStatus].Should().Be(0xBF, "the ring has ended and the lines are back");
    }

    [Fact]
    public void Clearing_the_FIFO_drops_what_is_in_it()
    {
        this[ModemControl] = Ready;
        this[Fifo] = 0x01;
        Receive("abc");
        this[Fifo] = 0x03;
        this[LineStatus].Should().Be(0x60);
    }

    [Fact]
    public void The_line_and_the_identification_always_agree_and_no_byte_is_lost_or_moved()
    {
        var step = from kind in Gen.Choose(0, 6) from value in Gen.Choose(0, 255) select (kind, value);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            _uart.Reset();
            this[ModemControl] = Ready;
            while ((this[LineStatus] & 1) != 0) _ = this[Data];
            byte next = 0, expected = 0;
            foreach (var (kind, value) in steps)
            {
                switch (kind)
                {
                    case 0: this[Enable] = (byte)value; break;
                    case 1: _uart.Receive(next++); break;
                    case 2: this[Data] = (byte)value; break;
                    case 3: _cpu.Run((ulong)value * TicksPerBit); break;
                    case 4: _ = this[Identify]; break;
                    case 5: _ = this[LineStatus]; break;
                    default:
                        if ((this[LineStatus] & 1) != 0) this[Data].Should().Be(expected++);
                        break;
                }
                bool irq = Irq;
                ((this[Identify] & 1) == 0).Should().Be(irq);
            }
        }).QuickCheckThrowOnFailure();
    }
}
