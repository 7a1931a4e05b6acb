namespace Lamina.Bench.Tests;

public class BenchLogTests
{
    [Fact]
    public void ReadsPlainAndPrefixedLines() =>
        BenchLog.Parse("guest operations\nbench cpuid 5\r\nbench| bench in-pit 312\nbench| init-tsc 1518550913\n[firmware] bench wake-worst 7\r\n[    1.0] other 7\n")
            .Should().BeEquivalentTo(new System.Collections.Generic.Dictionary<string, long>
            {
                ["cpuid"] = 5, ["in-pit"] = 312, ["init-tsc"] = 1_518_550_913, ["wake-worst"] = 7,
            });

    [Fact]
    public void ReadsWhenAllVmsWereReady() =>
        BenchLog.Parse("[lamina] extra: ready\n[lamina] all VMs are ready 6123456789 ticks after entry\r\n")
            .Should().ContainSingle().Which.Should().Be(new System.Collections.Generic.KeyValuePair<string, long>(BenchLog.AllReady, 6_123_456_789));

    [Fact]
    public void TakesNoFigureOutOfTheMiddleOfALine() =>
        BenchLog.Parse("[lamina] bench cpuid 5\nbench cpuid 5 or so\n").Should().BeEmpty();
}
