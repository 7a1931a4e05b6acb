using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using Lamina.GuestBuilder.Network;

namespace Lamina.GuestBuilder.Tests.Network;

public class NftablesRulesetTests
{
    private static readonly VmPort s_desktop = new("desktop", new Ipv4Subnet(0x0A4C_0100, 30), "02:4c:41:00:00:01");
    private static readonly VmPort s_apps = new("apps", new Ipv4Subnet(0x0A4C_0200, 30), "02:4c:41:00:00:02");
    private static readonly OutsidePort s_outside = new("uplink", new Ipv4Subnet(0xC633_6402, 30), 0xC633_6401, 0xC633_6401);

    [Theory]
    [InlineData("ingress device \"desktop\"")]
    [InlineData("ingress device \"apps\"")]
    [InlineData("ingress device \"uplink\"")]
    [InlineData("hook input")]
    [InlineData("hook forward")]
    [InlineData("hook output")]
    public void EveryWayInDropsWhatNoRuleAccepts(string hook) =>
        Lines(Rules()).Should().ContainSingle(line => line.Contains(hook)).Which.Should().EndWith("policy drop;");

    [Fact]
    public void NothingIsForwardedWithoutARule() =>
        Chain(Rules(), "forward").Should().Equal(
            "type filter hook forward priority filter; policy drop;", "ct state established,related accept", "goto refused");

    [Theory]
    [InlineData(null, "", "iifname \"desktop\" oifname \"uplink\" ct state new accept")]
    [InlineData("icmp", "", "iifname \"desktop\" oifname \"uplink\" meta l4proto icmp ct state new accept")]
    [InlineData("udp", "", "iifname \"desktop\" oifname \"uplink\" meta l4proto udp ct state new accept")]
    [InlineData("tcp", "80,8000-8010", "iifname \"desktop\" oifname \"uplink\" tcp dport { 80, 8000-8010 } ct state new accept")]
    public void EachRuleIsThere(string? protocol, string ports, string expected) =>
        Chain(Rules(new AllowRule(s_desktop, s_outside, protocol, ports.Split(',', StringSplitOptions.RemoveEmptyEntries))), "forward")
            .Should().HaveCount(4).And.Contain(expected);

    [Fact]
    public void ARuleToAVmIsForThatVmsAddressAlone() =>
        Chain(Rules(new AllowRule(s_desktop, s_apps, "tcp", ["22"])), "forward")
            .Should().Contain("iifname \"desktop\" oifname \"apps\" ip daddr 10.76.2.2 tcp dport { 22 } ct state new accept");

    [Fact]
    public void APortAcceptsItsOwnVmAlone() =>
        Chain(Rules(), "desktop").Where(line => line.EndsWith(" accept", StringComparison.Ordinal)).Should().Equal(
            "ether type ip ether saddr 02:4c:41:00:00:01 ip saddr 10.76.1.2 accept",
            "ether type arp ether saddr 02:4c:41:00:00:01 arp saddr ether 02:4c:41:00:00:01 arp saddr ip 10.76.1.2 arp daddr ip { 10.76.1.2, 10.76.1.1 } accept",
            "ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept");

    [Fact]
    public void ASparePortIsInNoRule() => NftablesRuleset.Write(Rules()).Should().NotContain("spare");

    [Fact]
    public void WhatIsDroppedIsLoggedUnderItsPort()
    {
        string[] lines = Lines(Rules());

        foreach (string kind in (string[])["vlan", "mac", "ipv6", "type", "source", "arp", "rule"])
            lines.Should().Contain($"limit rate 5/second burst 10 packets log prefix \"lamina: drop desktop {kind}: \" level err");
        lines.Should().Contain(line => line.EndsWith("log prefix \"lamina: scan from desktop: \" level err", StringComparison.Ordinal));
    }

    /// <summary>nft itself, where there is one and it may be used: it checks syntax and, in the kernel, meaning.</summary>
    [Fact]
    public void NftTakesTheProductsRules()
    {
        string file = Path.GetTempFileName();
        try
        {
            NetworkRules rules = NetworkRulesReader.Load(Path.Combine(Repository.Root, "guests", "network", "rules.yaml"));
            File.WriteAllText(file, NftablesRuleset.Write(rules));
            IEnumerable<string> devices = rules.Ports.Select(port => $"ip link add {port.Name} type bridge");
            if (!Works("ip link add a type bridge && nft list ruleset"))
                return;   // no nft, no kernel support for it, or no right to a network of one's own
            HostTool.Run("unshare", ["--net", "sh", "-c", $"{string.Join(" && ", devices)} && nft -c -f {file}"]);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static bool Works(string commands)
    {
        try
        {
            HostTool.Run("unshare", ["--net", "sh", "-c", commands]);
            return true;
        }
        catch (GuestBuildException)
        {
            return false;
        }
    }

    private static NetworkRules Rules(params AllowRule[] allow) => new([s_outside, s_desktop, s_apps, new SparePort("spare")], allow, ScanTargets: 20, LogPerSecond: 5);

    private static string[] Lines(NetworkRules rules) => [.. NftablesRuleset.Write(rules).Split('\n').Select(line => line.Trim())];

    private static string[] Chain(NetworkRules rules, string name) =>
        [.. Lines(rules).SkipWhile(line => line != $"chain {name} {{").Skip(1).TakeWhile(line => line != "}")];
}
