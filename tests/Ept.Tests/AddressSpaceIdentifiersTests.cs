namespace Lamina.Ept.Tests;

public class AddressSpaceIdentifiersTests
{
    [Fact]
    public void NoneIsGivenTwiceBeforeAllAreFlushed()
    {
        var identifiers = new AddressSpaceIdentifiers(4);
        var first = identifiers.Assign(out bool flush);
        flush.Should().BeTrue("nobody knows what ran on the CPU before");
        var second = identifiers.Assign(out flush);
        flush.Should().BeFalse();
        var third = identifiers.Assign(out flush);
        flush.Should().BeFalse();
        new[] { first.Value, second.Value, third.Value }.Should().Equal(1, 2, 3);
        identifiers.IsCurrent(first).Should().BeTrue();

        var again = identifiers.Assign(out flush);
        flush.Should().BeTrue();
        again.Value.Should().Be(1);
        identifiers.IsCurrent(again).Should().BeTrue();
        identifiers.IsCurrent(first).Should().BeFalse("it is another vCPU's now");
        identifiers.IsCurrent(third).Should().BeFalse();
    }

    [Fact]
    public void AnIdentifierIsOfOneCpuAlone()
    {
        var (one, other) = (new AddressSpaceIdentifiers(4), new AddressSpaceIdentifiers(4));
        other.IsCurrent(one.Assign(out _)).Should().BeFalse();
        one.IsCurrent(default).Should().BeFalse("none was given");
    }
}
