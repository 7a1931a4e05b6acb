namespace Lamina.Bench.Tests;

public class BenchRowTests
{
    [Theory]
    [InlineData(400L, true)]
    [InlineData(401L, false)]
    [InlineData(null, false)]
    public void HoldsAFigureAgainstItsLimit(long? ticks, bool met) =>
        new BenchRow(new Figure { Limit = 400 }, Direct: 2, ticks).IsMet.Should().Be(met);

    [Theory]
    [InlineData(1150L, 1000L, true)]
    [InlineData(1151L, 1000L, false)]
    [InlineData(1L, null, false)]
    public void HoldsAFigureAgainstTheDirectOne(long? ticks, long? direct, bool met) =>
        new BenchRow(new Figure { LimitOfDirect = 1.15 }, direct, ticks).IsMet.Should().Be(met);

    [Fact]
    public void WithoutALimitAnythingGoes() => new BenchRow(new Figure(), Direct: null, Lamina: null).IsMet.Should().BeTrue();

    [Fact]
    public void TheFiguresOfDoneWhenHaveLimits()
    {
        foreach (FigureGroup group in FigureGroup.LoadAll())
        {
            foreach (Figure figure in group.Figures)
                (figure.Limit != null || figure.LimitOfDirect != null).Should().Be(figure.Name is "cpuid" or "init-tsc", figure.Title);
        }
    }
}
