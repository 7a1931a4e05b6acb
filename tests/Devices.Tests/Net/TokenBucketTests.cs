using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Devices.Tests.Net;

public class TokenBucketTests
{
    private const ulong Hz = 3_000_000_000;

    [Fact]
    public void Without_a_rate_everything_passes()
    {
        var bucket = new TokenBucket(0, 0, Hz);
        for (int i = 0; i < 1000; i++)
        {
            bucket.IsReady(0).Should().BeTrue();
            bucket.Take(65550, 0);
        }
    }

    [Fact]
    public void After_the_burst_it_is_empty_until_the_time_that_it_says()
    {
        var bucket = new TokenBucket(1_000_000, 10_000, Hz);
        int passed = 0;
        for (; bucket.IsReady(0); passed++) bucket.Take(1000, 0);
        passed.Should().Be(11, "ten thousand bytes, and a frame on credit");
        ulong when = bucket.ReadyAt(0);
        when.Should().BeCloseTo(Hz / 1000, 10, "the debt of a thousand bytes is a millisecond");
        bucket.IsReady(when - 1).Should().BeFalse();
        bucket.IsReady(when).Should().BeTrue();
    }

    [Fact]
    public void A_long_pause_gives_no_more_than_the_burst()
    {
        var bucket = new TokenBucket(1_000_000, 10_000, Hz);
        int passed = 0;
        for (ulong now = 1000 * Hz; bucket.IsReady(now); passed++) bucket.Take(1000, now);
        passed.Should().Be(11);
    }

    [Fact]
    public void In_the_long_run_the_rate_holds()
    {
        var cases = from rate in Gen.Choose(1000, 2_000_000_000)
                    from size in Gen.Choose(60, 65550)
                    from burst in Gen.Choose(0, 200_000)
                    from megahertz in Gen.Choose(100, 16_000)
                    select (rate: (ulong)rate, size, burst: (ulong)burst, hz: (ulong)megahertz * 1_000_000);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var bucket = new TokenBucket(c.rate, c.burst, c.hz);
            ulong now = 12345, bytes = 0;
            for (int i = 0; i < 2000; i++)
            {
                now = bucket.ReadyAt(now);
                bucket.Take(c.size, now);
                bytes += (ulong)c.size;
            }
            double seconds = (now - 12345.0) / c.hz;
            double most = (double)c.burst + c.size + seconds * c.rate;
            ((double)bytes).Should().BeLessThanOrEqualTo(most * 1.001 + (double)c.size);
            ((double)bytes).Should().BeGreaterThanOrEqualTo((seconds * c.rate - c.size) * 0.999);
        }).QuickCheckThrowOnFailure();
    }

    [Theory]
    [InlineData(100_000_000, 131_072, 60, 1_526)]
    [InlineData(1_000_000_000, 131_072, 60, 15_260)]
    [InlineData(1_000_000, 131_072, 1514, 1_000)]
    [InlineData(8_000, 131_072, 60, 1_000)]
    [InlineData(8_000, 0, 60, 1_000)]
    public void Who_waits_for_tokens_does_so_seldom_and_has_the_whole_rate_all_the_same(int rate, int burst, int size, int mostRestsPerSecond)
    {
        var bucket = new TokenBucket((ulong)rate, (ulong)burst, Hz);
        ulong now = 0, bytes = 0;
        int rests = 0;
        while (now < 2 * Hz)
        {
            if (bucket.IsReady(now))
            {
                bucket.Take(size, now);
                bytes += (ulong)size;
                continue;
            }
            now = bucket.ResumeAt(now);
            rests++;
        }
        rests.Should().BeLessThanOrEqualTo(2 * mostRestsPerSecond, "a rest is a millisecond, or half of a short burst");
        ((double)bytes).Should().BeInRange(2.0 * rate * 0.99 - size, 2.0 * rate + burst + 2 * size);
    }
}
