using System.Linq;

namespace Lamina.Bench.Tests;

public class BenchRowTests
{
    [Theory]
    [InlineData(400, true)]
    [InlineData(401, false)]
    [InlineData(null, false)]
    public void HoldsAFigureAgainstItsLimit(int? ticks, bool met) =>
        new BenchRow(new Figure { Limit = 400 }, Direct: 2, ticks).IsMet.Should().Be(met);

    [Theory]
    [InlineData(1150, 1000, true)]
    [InlineData(1151, 1000, false)]
    [InlineData(1, null, false)]
    public void HoldsAFigureAgainstTheDirectOne(int? ticks, int? direct, bool met) =>
        new BenchRow(new Figure { LimitOfDirect = 1.15m }, direct, ticks).IsMet.Should().Be(met);

    [Theory]
    [InlineData(true, 3500, true)]
    [InlineData(true, 3501, false)]
    [InlineData(false, 3, true)]
    [InlineData(false, 4, false)]
    public void AGuestSaysThousandthsOfATickForAByte(bool isPerByte, long printed, bool met)
    {
        var figure = new Figure { Limit = 3.5m, IsPerByte = isPerByte };
        new BenchRow(figure, Direct: null, figure.TicksOf(printed)).IsMet.Should().Be(met);
    }

    [Fact]
    public void WithoutALimitAnythingGoes() => new BenchRow(new Figure(), Direct: null, Lamina: null).IsMet.Should().BeTrue();

    [Fact]
    public void TheFiguresOfDoneWhenHaveLimits()
    {
        string[] among = ["wake-", "exit-", "ipi-"];
        string[] limited = ["cpuid", "init-tsc", "block-read-4k", "console-port", "wire-tcp", "chain-udp"];
        foreach (FigureGroup group in FigureGroup.LoadAll())
        {
            foreach (Figure figure in group.Figures)
                (figure.Limit != null || figure.LimitOfDirect != null).Should().Be(limited.Contains(figure.Name) || among.Any(figure.Name.StartsWith), figure.Title);
        }
    }
}
