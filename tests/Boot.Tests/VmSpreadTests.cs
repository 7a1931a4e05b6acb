namespace Lamina.Boot.Tests;

public class VmSpreadTests
{
    [Fact]
    public void OneCpuHasAll() => VmSpread.Over(1, [100, 200, 300]).Should().Equal(0, 0, 0);

    [Fact]
    public void EqualOnesGoAround() => VmSpread.Over(2, [100, 100, 100, 100]).Should().Equal(0, 1, 0, 1);

    [Fact]
    public void OneThatWeighsMuchIsLeftAlone() => VmSpread.Over(2, [400, 100, 100, 100]).Should().Equal(0, 1, 1, 1);

    [Fact]
    public void MoreCpusThanVmsStayIdle() => VmSpread.Over(8, [100, 10_000]).Should().Equal(0, 1);
}
