using System.Numerics;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Core.Tests;

public class GuestClockTests
{
    private static readonly ulong[] Frequencies = [1_000_000_000, 2_399_999_999, 3_579_545, 4_200_000_001, 16_000_000_000];
    private static readonly ulong[] Rates = [1, 1_024, 32_768, 1_193_182, 3_579_545, 1_000_000_000];

    /// <summary>Exact, for any time up to a hundred years, against big integers.</summary>
    [Fact]
    public void Conversions_are_exact()
    {
        var tick = ArbMap.Default.GeneratorFor<ulong>().Select(value => value >> 4);
        Prop.ForAll(Arb.From(tick), value =>
        {
            foreach (ulong frequency in Frequencies)
            {
                var clock = new GuestClock(new FakeCpu(), frequency);
                foreach (ulong rate in Rates)
                {
                    ulong ticks = value % (frequency * 3_200_000_00);
                    var periods = (BigInteger)ticks * rate / frequency;
                    ((BigInteger)clock.ToPeriods(ticks, rate)).Should().Be(periods);

                    ulong some = value % (rate * 300_000_000);
                    ulong due = clock.FromPeriods(some, rate);
                    ((BigInteger)due).Should().Be(((BigInteger)some * frequency + rate - 1) / rate);
                    // A deadline armed for a period finds it complete: a timer never re-arms itself at the tick at which it has just expired.
                    if (frequency >= rate) clock.ToPeriods(due, rate).Should().Be(some);
                }
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void The_guests_time_is_the_CPUs_with_an_offset_and_deadlines_are_the_CPUs()
    {
        var cpu = new FakeCpu { Tsc = 1_000_000 };
        var clock = new GuestClock(cpu, 1_000_000_000) { Offset = unchecked((ulong)-1_000_000) };
        clock.Now.Should().Be(0);
        var due = new Never();
        clock.Arm(due, 500);
        due.When.Should().Be(1_000_500);
        cpu.Timer.Armed.Should().Be(1_000_500);
        clock.Withdraw(due);
        due.IsArmed.Should().BeFalse();
    }

    private sealed class Never : Deadline
    {
        public override void Expire(ulong now) { }
    }
}
