using System.IO;
using Lamina.GuestBuilder.Network;

namespace Lamina.GuestBuilder.Tests.Network;

public class NetworkRulesReaderTests
{
    private const string Good = """
        version: 1
        ports:
          - name: uplink
            outside: { address: 198.51.100.2/30, gateway: 198.51.100.1, dns: 192.0.2.53 }
          - name: desktop
            vm: { subnet: 10.76.1.0/30, mac: 02:4C:41:00:00:01 }
          - name: apps
            vm: { subnet: 10.76.2.0/29, mac: 02:4c:41:00:00:02 }
          - name: spare
        allow:
          - { from: desktop, to: outside }
          - { from: apps, to: desktop, protocol: tcp, ports: [80, 8000-8010] }
        scan-targets: 7
        """;

    [Fact]
    public void ReadsAllThatIsSaid()
    {
        NetworkRules rules = NetworkRulesReader.Read("rules.yaml", Good);

        rules.Ports.Should().HaveCount(4);
        rules.Outside.Should().Be(new OutsidePort("uplink", new Ipv4Subnet(0xC633_6402, 30), 0xC633_6401, 0xC000_0235));
        rules.Vms.Should().Equal(
            new VmPort("desktop", new Ipv4Subnet(0x0A4C_0100, 30), "02:4c:41:00:00:01"), new VmPort("apps", new Ipv4Subnet(0x0A4C_0200, 29), "02:4c:41:00:00:02"));
        rules.Ports[3].Should().Be(new SparePort("spare"));
        rules.Allow[0].Should().BeEquivalentTo(new { To = rules.Ports[0], Protocol = (string?)null });
        rules.Allow[1].Should().BeEquivalentTo(new { From = rules.Ports[2], To = rules.Ports[1], Protocol = "tcp", Ports = (string[])["80", "8000-8010"] });
        rules.ScanTargets.Should().Be(7);
        rules.LogPerSecond.Should().Be(5, "that is what it is where nothing is said");
    }

    [Theory]
    [InlineData("version: 1", "version: 2", "1:10: version: is '2'")]
    [InlineData("ports:", "port:", "2:1: port: is no key here; allowed are version, ports, allow, scan-targets, log-per-second; did you mean 'ports'?")]
    [InlineData("name: desktop", "name: Desktop", "5:11: ports[1].name: is 'Desktop'")]
    [InlineData("name: desktop", "name: eth0", "5:11: ports[1].name: is 'eth0'")]
    [InlineData("name: desktop", "name: sixteen-letters-", "5:11: ports[1].name: is 'sixteen-letters-'")]
    [InlineData("name: apps", "name: desktop", "7:11: ports[2].name: is 'desktop', which another port is called already")]
    [InlineData("    outside: { address: 198.51.100.2/30, gateway: 198.51.100.1, dns: 192.0.2.53 }", "", "3:3: ports: has 0 ports with 'outside'; one is needed")]
    [InlineData("gateway: 198.51.100.1", "gateway: 198.51.100.2", "4:51: ports[0].outside.gateway: is 198.51.100.2; another machine's address")]
    [InlineData("gateway: 198.51.100.1", "gateway: 198.51.100.5", "4:51: ports[0].outside.gateway: is 198.51.100.5; another machine's address")]
    [InlineData("198.51.100.2/30", "198.51.100.3/30", "4:25: ports[0].outside.address: is 198.51.100.3/30, which is no machine's address")]
    [InlineData("dns: 192.0.2.53", "dns: 192.0.2", "4:70: ports[0].outside.dns: is '192.0.2'; an IPv4 address")]
    [InlineData(", dns: 192.0.2.53", "", "4:14: ports[0].outside.dns: is missing; an IPv4 address")]
    [InlineData("10.76.1.0/30", "10.76.1.1/30", "6:19: ports[1].vm.subnet: is 10.76.1.1/30; a network")]
    [InlineData("10.76.1.0/30", "10.76.1.0/31", "6:19: ports[1].vm.subnet: is 10.76.1.0/31; a network")]
    [InlineData("10.76.1.0/30", "10.76.0.0/23", "6:19: ports[1].vm.subnet: is 10.76.0.0/23; a network")]
    [InlineData("10.76.1.0/30", "10.76.1.0", "6:19: ports[1].vm.subnet: is '10.76.1.0'; a network")]
    [InlineData("10.76.2.0/29", "10.76.1.0/29", "8:19: ports[2].vm.subnet: is 10.76.1.0/29, which overlaps with 10.76.1.0/30 of port 'desktop'")]
    [InlineData("10.76.2.0/29", "198.51.100.0/28", "8:19: ports[2].vm.subnet: is 198.51.100.0/28, which overlaps with 198.51.100.2/30 of port 'uplink'")]
    [InlineData("02:4c:41:00:00:02", "03:4c:41:00:00:02", "8:38: ports[2].vm.mac: is '03:4c:41:00:00:02'; six octets")]
    [InlineData("02:4c:41:00:00:02", "02:4c:41:00:00:01", "8:38: ports[2].vm.mac: is 02:4c:41:00:00:01, which the VM at port 'desktop' has already")]
    [InlineData("from: desktop", "from: spare", "11:13: allow[0].from: is 'spare'; allowed are desktop, apps")]
    [InlineData("from: desktop", "from: outside", "11:13: allow[0].from: is 'outside'; allowed are desktop, apps")]
    [InlineData("to: outside", "to: outsid", "11:26: allow[0].to: is 'outsid'; allowed are desktop, apps, outside; did you mean 'outside'?")]
    [InlineData("to: desktop", "to: apps", "12:23: allow[1].to: is 'apps', which the rule is from")]
    [InlineData("protocol: tcp", "protocol: sctp", "12:42: allow[1].protocol: is 'sctp'; allowed are tcp, udp, icmp")]
    [InlineData("protocol: tcp", "protocol: icmp", "12:55: allow[1].ports: is there without 'protocol: tcp'")]
    [InlineData("protocol: tcp, ", "", "12:39: allow[1].ports: is there without 'protocol: tcp'")]
    [InlineData("[80, 8000-8010]", "[]", "12:54: allow[1].ports: is an empty list")]
    [InlineData("[80, 8000-8010]", "[0]", "12:55: allow[1].ports: has '0' in it")]
    [InlineData("[80, 8000-8010]", "[80, 65536]", "12:59: allow[1].ports: has '65536' in it")]
    [InlineData("[80, 8000-8010]", "[8010-8000]", "12:55: allow[1].ports: has '8010-8000' in it")]
    [InlineData("scan-targets: 7", "scan-targets: 0", "13:15: scan-targets: is 0; a number from 1 to 1000")]
    [InlineData("    vm: { subnet: 10.76.1.0/30, mac", "    vm: { subnet: 10.76.1.0/30, mac: [", "is no YAML")]
    public void RefusesWithTheErrorsPlace(string good, string bad, string message)
    {
        Good.Should().Contain(good);

        FluentActions.Invoking(() => NetworkRulesReader.Read("rules.yaml", Good.Replace(good, bad, System.StringComparison.Ordinal)))
            .Should().Throw<GuestBuildException>().Which.Message.Should().StartWith("rules.yaml:").And.Contain(message);
    }

    [Fact]
    public void SaysAllErrorsInOnePassAndNoneThatOnlyFollow()
    {
        string bad = Good.Replace("10.76.1.0/30", "here", System.StringComparison.Ordinal).Replace("[80, 8000-8010]", "all", System.StringComparison.Ordinal);

        FluentActions.Invoking(() => NetworkRulesReader.Read("r", bad)).Should().Throw<GuestBuildException>()
            .Which.Message.Split('\n').Should().HaveCount(2).And.Contain(line => line.StartsWith("r:6:")).And.Contain(line => line.StartsWith("r:12:"));
    }

    [Fact]
    public void RefusesAnEmptyFile() =>
        FluentActions.Invoking(() => NetworkRulesReader.Read("r", "")).Should().Throw<GuestBuildException>().WithMessage("r:1:1: rules: is nothing; a mapping*");

    [Fact]
    public void TakesTheProductsRules() =>
        NetworkRulesReader.Load(Path.Combine(Repository.Root, "guests", "network", "rules.yaml")).Allow.Should().NotContain(rule => rule.To.Name == "desktop");
}
