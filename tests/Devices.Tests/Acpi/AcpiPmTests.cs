using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Acpi;

public class AcpiPmTests
{
    private const ulong TicksPerClock = 100;
    private const ulong HalfRange = 1UL << 31;
    private readonly FakeCpu _cpu = new();
    private readonly RecordingLines _lines = new();
    private readonly RecordingControl _machine = new();
    private readonly AcpiPm _pm;

    public AcpiPmTests() => _pm = new AcpiPm(new GuestClock(_cpu, TicksPerClock * AcpiPm.TimerFrequency), _lines[9], _machine);

    private uint Read(int port, int size = 2) => _pm.ReadPort((ushort)port, size) & (uint)((1UL << 8 * size) - 1);

    private void Write(int port, uint value, int size = 2) => _pm.WritePort((ushort)port, size, value);

    [Fact]
    public void The_timer_counts_32_bits_at_its_frequency()
    {
        Read(0x608, 4).Should().Be(0);
        _cpu.Run(TicksPerClock * 1_000_000 + 99);
        Read(0x608, 4).Should().Be(1_000_000);
        _cpu.Run(TicksPerClock * (1UL << 32));
        Read(0x608, 4).Should().Be(1_000_000);
        Read(0x609, 1).Should().Be(1_000_000 >> 8 & 0xFF);
    }

    [Fact]
    public void The_timers_status_is_set_when_its_highest_bit_changes_and_needs_no_deadline()
    {
        _cpu.Run(TicksPerClock * HalfRange - 1);
        Read(0x600).Should().Be(0);
        _cpu.Run(1);
        Read(0x600).Should().Be(1);
        Write(0x600, 1);
        Read(0x600).Should().Be(0);
        _cpu.Run(TicksPerClock * HalfRange);
        Read(0x600).Should().Be(1);
        _lines.Rises(9).Should().Be(0);
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void The_timers_interrupt_stays_until_its_status_is_cleared()
    {
        Write(0x602, 1);
        _cpu.Run(TicksPerClock * HalfRange);
        _lines.IsHigh(9).Should().BeTrue();
        _cpu.Deadlines.Count.Should().Be(0);
        _cpu.Run(TicksPerClock * HalfRange * 5);
        Write(0x600, 1);
        _lines.IsHigh(9).Should().BeFalse();
        _cpu.Deadlines.Count.Should().Be(1);
    }

    [Fact]
    public void SCI_EN_is_always_set()
    {
        Read(0x604).Should().Be(1);
        Write(0x604, 0);
        Read(0x604).Should().Be(1);
    }

    [Fact]
    public void S5_switches_off_and_SLP_EN_reads_as_zero()
    {
        Write(0x604, 5 << 10);
        _machine.PowerOffs.Should().Be(0);
        Write(0x604, 5 << 10 | 1 << 13);
        _machine.PowerOffs.Should().Be(1);
        Read(0x604).Should().Be(5 << 10 | 1);
    }

    [Fact]
    public void S5_can_be_written_by_its_upper_byte_alone()
    {
        Write(0x605, 5 << 2 | 1 << 5, size: 1);
        _machine.PowerOffs.Should().Be(1);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(7)]
    public void Other_sleep_states_do_nothing(int type)
    {
        Write(0x604, (uint)(type << 10 | 1 << 13));
        _machine.PowerOffs.Should().Be(0);
    }

    [Fact]
    public void The_power_button_interrupts_when_it_is_enabled()
    {
        _pm.PressPowerButton();
        _lines.IsHigh(9).Should().BeFalse();
        Read(0x600).Should().Be(0x100);
        Write(0x602, 0x100);
        _lines.IsHigh(9).Should().BeTrue();
        Write(0x601, 1, size: 1);
        _lines.IsHigh(9).Should().BeFalse();
    }

    [Fact]
    public void Status_and_enable_can_be_read_at_once()
    {
        Write(0x602, 0x121);
        _pm.PressPowerButton();
        Read(0x600, 4).Should().Be(0x0121_0100);
    }

    [Fact]
    public void Only_events_that_ACPI_knows_can_be_enabled()
    {
        Write(0x602, 0xFFFF);
        Read(0x602).Should().Be(0x0721);
    }

    [Fact]
    public void The_line_is_high_exactly_when_an_enabled_event_stands()
    {
        var step = from kind in Gen.Choose(0, 3) from value in Gen.Choose(0, 0xFFFF) select (kind, value);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            foreach (var (kind, value) in steps)
            {
                if (kind == 0) Write(0x600, (uint)value);
                else if (kind == 1) Write(0x602, (uint)value);
                else if (kind == 2) _pm.PressPowerButton();
                else _cpu.Run(TicksPerClock * HalfRange / 16 * (ulong)(value % 40));
                _lines.IsHigh(9).Should().Be((Read(0x600) & Read(0x602)) != 0);
            }
        }).QuickCheckThrowOnFailure();
    }
}
