using Lamina.GuestBuilder.Network;

namespace Lamina.GuestBuilder.Tests.Network;

/// <summary>The files beside the ruleset that the rules become.</summary>
public class NetworkFilesTests
{
    private static readonly NetworkRules s_rules = new(
        [
            new OutsidePort("uplink", new Ipv4Subnet(0xC633_6402, 30), 0xC633_6401, 0xC000_0235),
            new VmPort("desktop", new Ipv4Subnet(0x0A4C_0100, 30), "02:4c:41:00:00:01"),
            new SparePort("spare"),
        ],
        [],
        ScanTargets: 20,
        LogPerSecond: 5);

    [Fact]
    public void ThePortTableIsInTheOrderOfTheInterfaces() =>
        PortTable.Write(s_rules).Should().Be("eth0 uplink 198.51.100.2/30 198.51.100.1\neth1 desktop 10.76.1.1/30\neth2 spare -\n");

    [Fact]
    public void DnsmasqServesVmsAndAsksTheOutside() =>
        DnsmasqConfiguration.Write(s_rules).Split('\n').Should().Contain(
            ["server=192.0.2.53", "interface=desktop", "dhcp-range=10.76.1.2,10.76.1.2,255.255.255.252,12h", "dhcp-host=02:4c:41:00:00:01,10.76.1.2"])
            .And.NotContain(["interface=uplink", "interface=spare"]);

    [Theory]
    [InlineData("10.0.0.1/8", true)]
    [InlineData("10.0.0.1/32", true)]
    [InlineData("10.0.0.1/33", false)]
    [InlineData("10.0.0.1/-1", false)]
    [InlineData("10.0.1/8", false)]
    [InlineData("010.0.0.1/8", false)]
    [InlineData("::1/64", false)]
    public void ASubnetIsFourNumbersAndAPrefix(string text, bool good) => Ipv4Subnet.TryParse(text, out _).Should().Be(good);

    [Theory]
    [InlineData("10.0.0.0/8", "10.9.0.0/16", true)]
    [InlineData("10.9.0.0/16", "10.0.0.0/8", true)]
    [InlineData("10.0.0.0/30", "10.0.0.4/30", false)]
    [InlineData("0.0.0.0/0", "10.0.0.4/30", true)]
    public void SubnetsOverlapWhereOneHoldsTheOther(string left, string right, bool overlap)
    {
        Ipv4Subnet.TryParse(left, out Ipv4Subnet first).Should().BeTrue();
        Ipv4Subnet.TryParse(right, out Ipv4Subnet second).Should().BeTrue();

        first.Overlaps(second).Should().Be(overlap);
    }
}
