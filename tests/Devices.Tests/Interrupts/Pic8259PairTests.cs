using System;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Devices.Tests.Interrupts;

public class Pic8259PairTests
{
    private const ushort Master = 0x20, MasterData = 0x21, Slave = 0xA0, SlaveData = 0xA1;
    private readonly RecordingBus _bus = new();
    private readonly Pic8259Pair _pic;

    public Pic8259PairTests()
    {
        _pic = new Pic8259Pair(_bus, GuestPlatform.SciLine);
        Initialize();
    }

    private void Write(ushort port, int value) => _pic.WritePort(port, 1, (uint)value);

    private byte Read(ushort port) => (byte)_pic.ReadPort(port, 1);

    private byte Acknowledge() => _pic.Output.Acknowledge();

    private bool IsPending => _pic.Output.IsPending;

    private void Initialize(int icw4 = 0x01)
    {
        Write(Master, 0x11);
        Write(MasterData, 0x30);
        Write(MasterData, 0x04);
        Write(MasterData, icw4);
        Write(Slave, 0x11);
        Write(SlaveData, 0x38);
        Write(SlaveData, 0x02);
        Write(SlaveData, icw4);
    }

    private void Pulse(int irq)
    {
        _pic.SetLine(irq, true);
        _pic.SetLine(irq, false);
    }

    [Fact]
    public void Before_initialization_nothing_comes_through_but_the_mask_can_be_probed()
    {
        _pic.Reset();
        Pulse(3);
        IsPending.Should().BeFalse();
        Write(MasterData, 0xFB);
        Read(MasterData).Should().Be(0xFB);
    }

    [Theory]
    [InlineData(0, 0x30)]
    [InlineData(7, 0x37)]
    [InlineData(8, 0x38)]
    [InlineData(15, 0x3F)]
    public void An_edge_gives_its_vector_once(int irq, int vector)
    {
        _pic.SetLine(irq, true);
        IsPending.Should().BeTrue();
        Acknowledge().Should().Be((byte)vector);
        IsPending.Should().BeFalse();
        Write(irq >= 8 ? Slave : Master, 0x20);
        if (irq >= 8) Write(Master, 0x20);
        IsPending.Should().BeFalse("the line is still high, but there was no new edge");
    }

    [Fact]
    public void The_cascade_is_no_line()
    {
        _pic.SetLine(2, true);
        IsPending.Should().BeFalse();
    }

    [Fact]
    public void ICW1_clears_the_mask_and_what_was_requested()
    {
        Write(MasterData, 0xFF);
        Pulse(4);
        Initialize();
        Read(MasterData).Should().Be(0);
        IsPending.Should().BeFalse();
    }

    [Fact]
    public void ICW3_and_ICW4_are_awaited_only_when_ICW1_says_so()
    {
        Write(Master, 0x12); // single, no ICW4
        Write(MasterData, 0x50);
        Pulse(1);
        Acknowledge().Should().Be(0x51);
        Write(MasterData, 0xA5);
        Read(MasterData).Should().Be(0xA5, "it is the mask again");
    }

    [Fact]
    public void A_higher_priority_interrupts_a_lower_one_in_service_and_not_the_reverse()
    {
        Pulse(3);
        Acknowledge().Should().Be(0x33);
        Pulse(5);
        IsPending.Should().BeFalse();
        Pulse(1);
        Acknowledge().Should().Be(0x31);
        Write(Master, 0x20); // ends 1, the highest in service
        IsPending.Should().BeFalse("3 is in service still");
        Write(Master, 0x20);
        Acknowledge().Should().Be(0x35);
    }

    [Fact]
    public void A_specific_EOI_ends_what_it_names()
    {
        Pulse(4);
        Acknowledge();
        Pulse(2 + 1);
        Acknowledge();
        Write(Master, 0x64);
        Write(Master, 0x0B);
        Read(Master).Should().Be(1 << 3);
    }

    [Fact]
    public void A_masked_interrupt_waits()
    {
        Write(MasterData, 1 << 6);
        Pulse(6);
        IsPending.Should().BeFalse();
        Write(Master, 0x0A);
        Read(Master).Should().Be(1 << 6, "IRR shows it");
        Write(MasterData, 0);
        Acknowledge().Should().Be(0x36);
    }

    [Fact]
    public void A_request_that_went_away_becomes_spurious_7_without_service()
    {
        Write(0x4D0, 1 << 5);
        _pic.SetLine(5, true);
        IsPending.Should().BeTrue();
        _pic.SetLine(5, false);
        IsPending.Should().BeFalse();
        Acknowledge().Should().Be(0x37);
        Write(Master, 0x0B);
        Read(Master).Should().Be(0);
    }

    [Fact]
    public void A_poll_of_the_slave_takes_the_request_from_the_master()
    {
        _pic.SetLine(12, true);
        Write(Slave, 0x0C);
        Read(Slave).Should().Be(0x80 | 4);
        IsPending.Should().BeFalse();
    }

    [Fact]
    public void A_level_asks_again_after_EOI_as_long_as_it_is_high()
    {
        Write(0x4D1, 1 << 2);
        _pic.SetLine(10, true);
        Acknowledge().Should().Be(0x3A);
        Write(Slave, 0x20);
        Write(Master, 0x20);
        IsPending.Should().BeTrue();
        Acknowledge().Should().Be(0x3A);
        _pic.SetLine(10, false);
        Write(Slave, 0x20);
        Write(Master, 0x20);
        IsPending.Should().BeFalse();
    }

    [Fact]
    public void Two_slave_interrupts_need_an_EOI_each_of_both()
    {
        Pulse(14);
        Pulse(10);
        Acknowledge().Should().Be(0x3A);
        IsPending.Should().BeFalse();
        Write(Slave, 0x20);
        IsPending.Should().BeFalse("the master has its input 2 in service");
        Write(Master, 0x20);
        Acknowledge().Should().Be(0x3E);
    }

    [Fact]
    public void In_special_fully_nested_mode_the_slaves_higher_one_comes_through()
    {
        Initialize(icw4: 0x11);
        Pulse(14);
        Acknowledge().Should().Be(0x3E);
        Pulse(8);
        Acknowledge().Should().Be(0x38);
    }

    [Fact]
    public void Without_special_fully_nested_mode_it_waits()
    {
        Pulse(14);
        Acknowledge();
        Pulse(8);
        IsPending.Should().BeFalse();
    }

    [Fact]
    public void Automatic_EOI_leaves_nothing_in_service()
    {
        Initialize(icw4: 0x03);
        Pulse(3);
        Acknowledge().Should().Be(0x33);
        Write(Master, 0x0B);
        Read(Master).Should().Be(0);
        Pulse(6);
        IsPending.Should().BeTrue();
    }

    [Fact]
    public void Rotation_on_automatic_EOI_makes_the_last_the_lowest()
    {
        Initialize(icw4: 0x03);
        Write(Master, 0x80);
        Pulse(3);
        Acknowledge();
        Pulse(3);
        Pulse(4);
        Acknowledge().Should().Be(0x34);
        Write(Master, 0x00);
        Pulse(5);
        Acknowledge().Should().Be(0x35, "4 is the lowest now, so 5 comes before 3");
        Acknowledge().Should().Be(0x33);
    }

    [Theory]
    [InlineData(0xA0)]
    [InlineData(0xE3)]
    public void Rotating_EOI_makes_it_the_lowest(int command)
    {
        Pulse(3);
        Acknowledge();
        Write(Master, command);
        Pulse(3);
        Pulse(4);
        Acknowledge().Should().Be(0x34);
    }

    [Fact]
    public void Set_priority_names_the_lowest()
    {
        Write(Master, 0xC5);
        Pulse(0);
        Pulse(6);
        Acknowledge().Should().Be(0x36);
    }

    [Fact]
    public void Special_mask_mode_lets_lower_ones_through_when_the_one_in_service_is_masked()
    {
        Pulse(3);
        Acknowledge();
        Write(MasterData, 1 << 3);
        Pulse(5);
        IsPending.Should().BeFalse();
        Write(Master, 0x68);
        IsPending.Should().BeTrue();
        Write(Master, 0x20);
        Write(Master, 0x0B);
        Read(Master).Should().Be(1 << 3, "a non-specific EOI does not end a masked level in this mode");
        Write(Master, 0x48);
        IsPending.Should().BeFalse();
    }

    [Fact]
    public void A_poll_answers_and_takes_into_service()
    {
        Pulse(4);
        Write(Master, 0x0C);
        Read(MasterData).Should().Be(0x84);
        Write(Master, 0x0C);
        Read(Master).Should().Be(0);
        Write(Master, 0x0B);
        Read(Master).Should().Be(1 << 4);
    }

    [Fact]
    public void ELCR_keeps_the_lines_that_cannot_be_levels_as_edges()
    {
        _pic.ReadPort(0x4D0, 2).Should().Be(0x0200, "the SCI is a level, as firmware would leave it, and the rest are edges");
        _pic.WritePort(0x4D0, 2, 0xFFFF);
        Read(0x4D0).Should().Be(0xF8);
        Read(0x4D1).Should().Be(0xDE);
    }

    [Fact]
    public void The_processor_hears_of_changes_of_the_output_alone()
    {
        int before = _bus.ExternalChanges;
        Pulse(3);
        _bus.ExternalChanges.Should().Be(before + 1);
        Pulse(4);
        _bus.ExternalChanges.Should().Be(before + 1);
        Acknowledge();
        _bus.ExternalChanges.Should().Be(before + 2);
    }

    [Fact]
    public void Whatever_is_done_no_vector_is_outside_what_was_programmed_and_service_follows_priority()
    {
        var step = from kind in Gen.Choose(0, 4) from value in Gen.Choose(0, 255) select (kind, value);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            Initialize();
            foreach (var (kind, value) in steps)
            {
                switch (kind)
                {
                    case 0: _pic.SetLine(value & 15, (value & 16) != 0); break;
                    case 1: Write(MasterData, value); break;
                    case 2: Write(SlaveData, value); break;
                    // OCW2 and OCW3, not ICW1.
                    case 3: Write((value & 1) != 0 ? Master : Slave, value & ~0x10); break;
                    default:
                        bool pending = IsPending;
                        byte vector = Acknowledge();
                        vector.Should().BeInRange(0x30, 0x3F);
                        if (!pending) vector.Should().Be(0x37);
                        break;
                }
            }
        }).QuickCheckThrowOnFailure();
    }
}
