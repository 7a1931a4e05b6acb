using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Timers;

public class Pit8254Tests
{
    /// <summary>1,000 ticks of the TSC a clock of the timer.</summary>
    private const ulong TicksPerClock = 1000;

    private readonly FakeCpu _cpu = new();
    private readonly RecordingLines _lines = new();
    private readonly Pit8254 _pit;
    private readonly SystemControlPort _speaker;

    public Pit8254Tests()
    {
        _pit = new Pit8254(new GuestClock(_cpu, TicksPerClock * Pit8254.Frequency), _lines[0]);
        _speaker = new SystemControlPort(_pit);
        _speaker.Reset();
    }

    private int Interrupts => _lines.Rises(0) - 1; // At reset the output is high.

    private void Write(int port, int value) => _pit.WritePort((ushort)port, 1, (uint)value);

    private byte Read(int port) => (byte)_pit.ReadPort((ushort)port, 1);

    private void Start(int control, int count)
    {
        Write(0x43, control);
        Write(0x40, count & 0xFF);
        Write(0x40, count >> 8);
    }

    private void Run(ulong clocks) => _cpu.Run(clocks * TicksPerClock);

    [Fact]
    public void At_rest_it_has_no_deadline()
    {
        _cpu.Deadlines.Count.Should().Be(0);
        Run(1_000_000);
        Interrupts.Should().Be(0);
    }

    [Theory]
    [InlineData(0x34)]
    [InlineData(0x36)]
    [InlineData(0x3C)] // mode 6 is 2
    [InlineData(0x3E)] // mode 7 is 3
    public void A_periodic_mode_interrupts_on_its_grid_without_drift(int control)
    {
        Start(control, 11932);
        for (ulong i = 1; i <= 1000; i++)
        {
            Run(11932);
            Interrupts.Should().Be((int)i - 1, "the count is loaded one clock after it was written");
        }
        Run(1);
        Interrupts.Should().Be(1000);
    }

    [Fact]
    public void Terminal_count_interrupts_once()
    {
        Start(0x30, 500);
        Run(500);
        Interrupts.Should().Be(0);
        Run(1);
        Interrupts.Should().Be(1);
        Run(1_000_000);
        Interrupts.Should().Be(1);
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void A_strobe_interrupts_at_its_end()
    {
        Start(0x38, 500);
        Run(501);
        Interrupts.Should().Be(0);
        Run(1);
        Interrupts.Should().Be(1);
    }

    [Fact]
    public void Ticks_that_come_while_nobody_runs_are_merged_into_one_and_the_grid_stays()
    {
        Start(0x34, 1000);
        Run(1001);
        Interrupts.Should().Be(1);
        _cpu.Tsc += 10_500 * TicksPerClock;
        _cpu.ExpireDeadlines();
        Interrupts.Should().Be(2);
        Run(499);
        Interrupts.Should().Be(2);
        Run(1);
        Interrupts.Should().Be(3);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(7)]
    [InlineData(119)]
    public void A_tiny_period_cannot_storm(int count)
    {
        Start(0x34, count);
        Run(Pit8254.Frequency / 10);
        Interrupts.Should().BeInRange((int)(Pit8254.Frequency / 10 / (Pit8254.LeastPeriod + (ulong)count)) - 2,
            (int)(Pit8254.Frequency / 10 / Pit8254.LeastPeriod) + 1);
    }

    [Fact]
    public void A_control_word_stops_what_counted()
    {
        Start(0x34, 1000);
        Write(0x43, 0x30);
        Run(100_000);
        Interrupts.Should().Be(0);
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void Other_counters_do_not_interrupt()
    {
        Write(0x43, 0x74);
        Write(0x41, 18);
        Write(0x41, 0);
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void A_latch_command_and_read_back_show_the_count()
    {
        Start(0x34, 0x1234);
        Run(1 + 0x34);
        Write(0x43, 0x00);
        Run(5);
        (Read(0x40) | Read(0x40) << 8).Should().Be(0x1200);
        Write(0x43, 0xC2); // count and status of counter 0
        Read(0x40).Should().Be(0xB4);
        (Read(0x40) | Read(0x40) << 8).Should().Be(0x1200 - 5);
    }

    [Fact]
    public void The_control_port_reads_as_ones() => Read(0x43).Should().Be(0xFF);

    [Fact]
    public void Reset_stops_it()
    {
        Start(0x34, 1000);
        _pit.Reset();
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void Port_61_gates_the_speakers_counter_and_shows_its_output()
    {
        // As Linux calibrates its TSC: gate on, mode 0, wait for OUT2.
        _speaker.WritePort(0x61, 1, 0x01);
        Write(0x43, 0xB0);
        Write(0x42, 100);
        Write(0x42, 0);
        Run(100);
        (_speaker.ReadPort(0x61, 1) & 0x20).Should().Be(0);
        Run(1);
        (_speaker.ReadPort(0x61, 1) & 0x2F).Should().Be(0x21);
    }

    [Fact]
    public void With_the_gate_closed_the_speakers_counter_waits()
    {
        Write(0x43, 0xB0);
        Write(0x42, 100);
        Write(0x42, 0);
        Run(1000);
        (_speaker.ReadPort(0x61, 1) & 0x20).Should().Be(0);
        _speaker.WritePort(0x61, 1, 0x01);
        Run(101);
        (_speaker.ReadPort(0x61, 1) & 0x20).Should().Be(0x20);
    }

    [Fact]
    public void Port_61_toggles_with_the_refresh_each_18_clocks()
    {
        uint first = _speaker.ReadPort(0x61, 1) & 0x10;
        Run(18);
        (_speaker.ReadPort(0x61, 1) & 0x10).Should().NotBe(first);
        Run(18);
        (_speaker.ReadPort(0x61, 1) & 0x10).Should().Be(first);
    }

    [Fact]
    public void Port_61_keeps_its_four_writable_bits()
    {
        _speaker.WritePort(0x61, 1, 0xFF);
        (_speaker.ReadPort(0x61, 1) & 0xCF).Should().Be(0x0F);
    }
}
