using System;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Host;

namespace Lamina.Host.Tests;

public class RealTimeClockTests
{
    private const byte Binary = 1 << 2, Hours24 = 1 << 1, Afternoon = 1 << 7;

    /// <summary>Every second of the century, in all four ways in which the chip may show it, against .NET's calendar.</summary>
    [Fact]
    public void Any_time_of_the_century_is_read_in_every_format()
    {
        var start = new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        var seconds = ArbMap.Default.GeneratorFor<uint>().Select(value => value % 3_155_760_000L);
        Prop.ForAll(Arb.From(seconds), offset =>
        {
            var time = start.AddSeconds(offset);
            foreach (byte status in new byte[] { 0, Binary, Hours24, Binary | Hours24 })
            {
                bool binary = (status & Binary) != 0;
                byte Show(int value) => (byte)(binary ? value : value / 10 << 4 | value % 10);
                byte hour = (status & Hours24) != 0
                    ? Show(time.Hour)
                    : (byte)(Show((time.Hour + 11) % 12 + 1) | (time.Hour >= 12 ? Afternoon : 0));
                byte[] registers = [Show(time.Second), Show(time.Minute), hour, Show(time.Day), Show(time.Month), Show(time.Year % 100)];
                RealTimeClock.Convert(registers, status).Should().Be(new DateTimeOffset(time).ToUnixTimeSeconds(), $"{time:O}, status B {status}");
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Any_registers_give_a_time_of_this_century_or_none()
    {
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>().Filter(bytes => bytes.Length >= 7), bytes =>
        {
            long seconds = RealTimeClock.Convert(bytes.AsSpan(0, 6), bytes[6]);
            (seconds == 0 || seconds is >= 946_684_800 and < 4_102_531_200).Should().BeTrue();
        }).QuickCheckThrowOnFailure();
    }
}
