using System;

namespace Lamina.Host.Tests;

public class TscCalibrationTests
{
    private const ulong Tsc = 3_000_000_000;

    /// <summary>A machine on which each read takes some ticks of the TSC, and things may go wrong at some of them.</summary>
    private sealed class Machine(ulong timerFrequency, uint mask) : ReferenceTimer
    {
        private int _reads;

        public ulong Now { get; set; } = 12345;

        public Func<int, ulong> Delay { get; init; } = _ => 0;

        public bool StandsStill { get; init; }

        public override string Name => "test";

        public override ulong Frequency => timerFrequency;

        public override uint Mask => mask;

        public override uint Read()
        {
            Now += 3000 + Delay(_reads++);
            return StandsStill ? 7 : (uint)(ulong)((UInt128)Now * timerFrequency / Tsc) & mask;
        }

        public override ulong ReadTsc() => Now += 20;
    }

    [Theory]
    [InlineData(3_579_545UL, 0xFF_FFFFu)]
    [InlineData(3_579_545UL, 0xFFFF_FFFFu)]
    [InlineData(1_193_182UL, 0xFFFFu)]
    [InlineData(100_000_000UL, 0xFFFF_FFFFu)]
    public void EachTimerGivesTheFrequency(ulong frequency, uint mask)
    {
        // It wraps in the middle of the measurement.
        var machine = new Machine(frequency, mask) { Now = (Tsc / frequency * mask) - 1_000_000 };
        TscCalibration.TryMeasure(machine, out ulong measured).Should().BeTrue();
        measured.Should().BeInRange(Tsc - (Tsc / 2000), Tsc + (Tsc / 2000));
    }

    [Fact]
    public void ASpoiledRunIsNotBelieved()
    {
        // A pause of 20 ms between the timer and the TSC, in the first round only.
        var machine = new Machine(3_579_545, 0xFF_FFFF) { Delay = read => read is >= 1 and <= 3 ? 60_000_000UL : 0 };
        TscCalibration.TryMeasure(machine, out ulong measured).Should().BeTrue();
        measured.Should().BeInRange(Tsc - (Tsc / 500), Tsc + (Tsc / 500));
    }

    [Fact]
    public void ATimerThatStandsStillIsNone()
    {
        TscCalibration.TryMeasure(new Machine(3_579_545, 0xFF_FFFF) { StandsStill = true }, out ulong measured).Should().BeFalse();
        measured.Should().Be(0);
    }

    [Fact]
    public void RunsThatNeverAgreeAreSaid()
    {
        var random = new Random(1);
        var machine = new Machine(3_579_545, 0xFF_FFFF) { Delay = _ => (ulong)random.Next(20_000_000) };
        TscCalibration.TryMeasure(machine, out ulong measured).Should().BeFalse();
        measured.Should().BeGreaterThan(0);
    }
}
