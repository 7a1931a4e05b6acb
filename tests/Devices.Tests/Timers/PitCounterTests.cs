using System;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Devices.Tests.Timers;

public class PitCounterTests
{
    private static ushort Read(PitCounter counter, ulong now)
    {
        counter.LatchCount(now);
        return (ushort)(counter.Read(now) | counter.Read(now) << 8);
    }

    private static void Write(PitCounter counter, ulong now, int count)
    {
        counter.Write((byte)count, now);
        counter.Write((byte)(count >> 8), now);
    }

    private static PitCounter Program(PitMode mode, int count, bool gate = true, bool bcd = false)
    {
        var counter = new PitCounter();
        counter.Reset(gate);
        counter.Program(mode, PitAccess.LowThenHigh, bcd);
        Write(counter, 0, count);
        return counter;
    }

    [Theory]
    [InlineData(PitMode.TerminalCount)]
    [InlineData(PitMode.OneShot)]
    [InlineData(PitMode.RateGenerator)]
    [InlineData(PitMode.SquareWave)]
    [InlineData(PitMode.SoftwareStrobe)]
    [InlineData(PitMode.HardwareStrobe)]
    internal void It_is_at_any_clock_what_a_counter_that_ticks_would_be(PitMode mode)
    {
        // 0 to 5 writes a count, 6 toggles GATE, all else lets time pass.
        var step = from kind in Gen.Choose(0, 20) from count in Gen.Choose(2, 40) from ticks in Gen.Choose(1, 60) select (kind, count, ticks);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            var ticking = new TickingCounter(mode, gate: true);
            var counter = new PitCounter();
            counter.Reset(gate: true);
            counter.Program(mode, PitAccess.LowThenHigh, bcd: false);
            ulong now = 1000;
            foreach (var (kind, count, ticks) in steps)
            {
                if (kind < 6)
                {
                    ticking.Write((uint)count);
                    Write(counter, now, count);
                }
                else if (kind == 6)
                {
                    ticking.SetGate(!counter.Gate);
                    counter.SetGate(!counter.Gate, now);
                }
                ulong foretold = counter.NextRise(now);
                bool before = counter.Output(now);
                for (int i = 0; i < ticks; i++)
                {
                    ticking.Tick();
                    now++;
                    bool output = counter.Output(now);
                    output.Should().Be(ticking.Output, "so says the ticking one at clock {0} in mode {1}", now, mode);
                    if (ticking.Count is { } value) Read(counter, now).Should().Be((ushort)value);
                    if (output && !before)
                    {
                        now.Should().Be(foretold, "it had said when it would rise");
                        foretold = counter.NextRise(now);
                    }
                    before = output;
                }
                if (foretold != PitCounter.Never) foretold.Should().BeGreaterThan(now, "what was foretold has come");
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_count_of_zero_is_the_greatest()
    {
        Program(PitMode.RateGenerator, 0).NextRise(0).Should().Be(1 + 0x10000);
        Program(PitMode.RateGenerator, 0, bcd: true).NextRise(0).Should().Be(1 + 10_000);
    }

    [Fact]
    public void BCD_counts_in_decimal_digits()
    {
        var counter = Program(PitMode.TerminalCount, 0x1000, bcd: true);
        Read(counter, 2).Should().Be(0x0999);
        Read(counter, 1002).Should().Be(0x9999, "it wraps");
        counter.Output(1001).Should().BeTrue();
    }

    [Theory]
    [InlineData(1, 0x34)]
    [InlineData(2, 0x3400)]
    internal void One_byte_access_leaves_the_other_byte_zero(byte access, int count)
    {
        var counter = new PitCounter();
        counter.Reset(true);
        counter.Program(PitMode.TerminalCount, (PitAccess)access, bcd: false);
        counter.Write(0x34, 0);
        counter.NextRise(0).Should().Be(1 + (ulong)count);
        counter.Read(1).Should().Be(0x34);
        counter.Read(1).Should().Be(0x34);
    }

    [Fact]
    public void In_mode_0_the_first_byte_stops_the_count_and_lowers_the_output()
    {
        var counter = Program(PitMode.TerminalCount, 10);
        counter.Output(100).Should().BeTrue();
        counter.Write(5, 100);
        counter.Output(100).Should().BeFalse();
        counter.NextRise(100).Should().Be(PitCounter.Never);
        ushort held = Read(counter, 100);
        Read(counter, 150).Should().Be(held);
        counter.Write(0, 150);
        counter.NextRise(150).Should().Be(156);
    }

    [Fact]
    public void A_latched_count_stays_until_both_bytes_are_read()
    {
        var counter = Program(PitMode.RateGenerator, 1000);
        counter.LatchCount(100);
        counter.LatchCount(200);
        int value = counter.Read(300) | counter.Read(400) << 8;
        value.Should().Be(1000 - 99);
        ((int)counter.Read(500)).Should().Be((1000 - 499) & 0xFF, "then it is the running count again");
    }

    [Fact]
    public void Status_tells_output_null_count_and_mode_and_comes_before_the_count()
    {
        var counter = Program(PitMode.RateGenerator, 1000);
        counter.LatchStatus(0);
        counter.LatchCount(0);
        counter.Read(50).Should().Be(0xF4, "the count is not loaded before the next clock");
        counter.Read(50).Should().Be(unchecked((byte)1000));
        counter.Read(50).Should().Be(1000 >> 8);
        counter.LatchStatus(1);
        counter.Read(1).Should().Be(0xB4);
        Write(counter, 5, 500);
        counter.LatchStatus(999);
        counter.Read(999).Should().Be(0xF4, "the new count waits for the period's end");
        counter.LatchStatus(1001);
        counter.Read(1001).Should().Be(0xB4);
    }

    [Fact]
    public void A_count_of_one_in_the_periodic_modes_never_rises()
    {
        Program(PitMode.RateGenerator, 1).NextRise(0).Should().Be(PitCounter.Never);
        Program(PitMode.SquareWave, 1).NextRise(0).Should().Be(PitCounter.Never);
    }
}
