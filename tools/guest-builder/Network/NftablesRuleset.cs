using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace Lamina.GuestBuilder.Network;

/// <summary>
/// The network VM's nftables ruleset (nft(8)). Two tables do the work. <c>netdev ports</c> sees each frame as it comes in and lets a VM be no one but
/// itself; <c>inet filter</c> decides who may connect to whom. Both drop what no rule accepts, log it under <c>lamina: drop PORT …</c> and look for
/// scans. Logs have level err, so that they reach the console of a kernel that was started with <c>quiet</c>.
/// </summary>
internal sealed class NftablesRuleset
{
    private const string ForeignSource = "source";
    private readonly NetworkRules _rules;
    private readonly StringBuilder _text = new();

    private NftablesRuleset(NetworkRules rules) => _rules = rules;

    /// <summary>The ruleset of <paramref name="rules"/>, a file for <c>nft -f</c>.</summary>
    internal static string Write(NetworkRules rules)
    {
        var ruleset = new NftablesRuleset(rules);
        ruleset.WriteHead();
        ruleset.WritePortsTable();
        ruleset.WriteFilterTable();
        ruleset.WriteNatTable();
        return ruleset._text.ToString();
    }

    private void WriteHead() => _text.Append("""
        # Made by Lamina from rules.yaml: change that.
        flush ruleset


        """);

    private void WritePortsTable()
    {
        _text.Append("# What a port lets in: its own VM, as itself.\ntable netdev ports {\n");
        foreach (VmPort vm in _rules.Vms)
        {
            WriteGuard(vm);
            foreach (string kind in (string[])["vlan", "mac", "ipv6", "type", ForeignSource])
                WriteDrop($"{vm.Name}-{kind}", vm.Name, kind);
            // A VM has one neighbour, so to ask for many others is to scan.
            WriteTargets($"{vm.Name}-asked", "ipv4_addr");
            WriteDrop($"{vm.Name}-arp", vm.Name, "arp", $"arp daddr ip != @{vm.Name}-asked add @{vm.Name}-asked {{ arp daddr ip }} jump {vm.Name}-scan");
            WriteScan(vm.Name);
        }

        WriteOutsideGuard();
        _text.Append("}\n\n");
    }

    // The first two rules are the way of nearly all frames. A VLAN tag is what 'ether type' finds where there is one, so a tagged frame is no 'ip' here.
    private void WriteGuard(VmPort vm)
    {
        string address = Ipv4Subnet.Text(vm.VmAddress);
        string gateway = Ipv4Subnet.Text(vm.GatewayAddress);
        _text.Append($$"""
                chain {{vm.Name}} {
                    type filter hook ingress device "{{vm.Name}}" priority -500; policy drop;
                    ether type ip ether saddr {{vm.MacAddress}} ip saddr {{address}} accept
                    ether type arp ether saddr {{vm.MacAddress}} arp saddr ether {{vm.MacAddress}} arp saddr ip {{address}} arp daddr ip { {{address}}, {{gateway}} } accept
                    ether type { 8021q, 8021ad } goto {{vm.Name}}-vlan
                    ether saddr != {{vm.MacAddress}} goto {{vm.Name}}-mac
                    ether type ip ip saddr 0.0.0.0 udp sport 68 udp dport 67 accept
                    ether type ip goto {{vm.Name}}-{{ForeignSource}}
                    ether type arp goto {{vm.Name}}-arp
                    ether type ip6 goto {{vm.Name}}-ipv6
                    goto {{vm.Name}}-type
                }

            """);
    }

    // The outside has many machines behind one gateway, but none of them has a VM's address.
    private void WriteOutsideGuard()
    {
        string name = _rules.Outside.Name;
        _text.Append($$"""
                chain {{name}} {
                    type filter hook ingress device "{{name}}" priority -500; policy drop;
                    ether type ip ip saddr {{Set([.. _rules.Vms.Select(vm => vm.Subnet.ToString())])}} goto {{name}}-{{ForeignSource}}
                    ether type { ip, arp } accept
                    ether type { 8021q, 8021ad } goto {{name}}-vlan
                    ether type ip6 goto {{name}}-ipv6
                    goto {{name}}-type
                }

            """);
        foreach (string kind in (string[])["vlan", "ipv6", "type", ForeignSource])
            WriteDrop($"{name}-{kind}", name, kind);
    }

    private void WriteFilterTable()
    {
        string outside = _rules.Outside.Name;
        string dns = Ipv4Subnet.Text(_rules.Outside.Dns);
        _text.Append("# Who may connect to whom.\ntable inet filter {\n");
        foreach (NetworkPort port in _rules.Ports.Where(port => port is not SparePort))
        {
            WriteTargets($"{port.Name}-ports", "ipv4_addr . inet_service");
            WriteTargets($"{port.Name}-machines", "ipv4_addr");
            WriteDrop($"{port.Name}-refused", port.Name, "rule",
                $"meta l4proto {{ tcp, udp }} ip daddr . th dport != @{port.Name}-ports add @{port.Name}-ports {{ ip daddr . th dport }} jump {port.Name}-scan",
                $"meta l4proto != {{ tcp, udp }} ip daddr != @{port.Name}-machines add @{port.Name}-machines {{ ip daddr }} jump {port.Name}-scan");
            WriteScan(port.Name);
        }

        WriteDrop("own-refused", "network", "rule");
        _text.Append("    chain refused {\n");
        foreach (NetworkPort port in _rules.Ports.Where(port => port is not SparePort))
            _text.Append($"        iifname \"{port.Name}\" goto {port.Name}-refused\n");
        _text.Append("        counter drop\n    }\n");

        _text.Append("""
                chain input {
                    type filter hook input priority filter; policy drop;
                    ct state established,related accept
                    iifname "lo" accept

            """);
        foreach (VmPort vm in _rules.Vms)
        {
            _text.Append($$"""
                        iifname "{{vm.Name}}" udp dport 67 accept
                        iifname "{{vm.Name}}" ip daddr {{Ipv4Subnet.Text(vm.GatewayAddress)}} meta l4proto { tcp, udp } th dport 53 accept
                        iifname "{{vm.Name}}" ip daddr {{Ipv4Subnet.Text(vm.GatewayAddress)}} icmp type echo-request accept

                """);
        }

        _text.Append($$"""
                    goto refused
                }
                chain forward {
                    type filter hook forward priority filter; policy drop;
                    ct state established,related accept

            """);
        foreach (AllowRule rule in _rules.Allow)
            _text.Append($"        {Accept(rule)}\n");
        _text.Append($$"""
                    goto refused
                }
                chain output {
                    type filter hook output priority filter; policy drop;
                    ct state established,related accept
                    oifname "lo" accept
                    oifname {{Set([.. _rules.Vms.Select(vm => $"\"{vm.Name}\"")])}} udp sport 67 udp dport 68 accept
                    oifname "{{outside}}" ip daddr {{dns}} meta l4proto { tcp, udp } th dport 53 accept
                    icmp type { echo-request, destination-unreachable, time-exceeded } accept
                    goto own-refused
                }
            }


            """);
    }

    private void WriteNatTable() => _text.Append($$"""
        # All VMs have the network VM's address outside.
        table ip nat {
            chain postrouting {
                type nat hook postrouting priority srcnat; policy accept;
                oifname "{{_rules.Outside.Name}}" masquerade
            }
        }

        """);

    private static string Accept(AllowRule rule)
    {
        string what = rule.Protocol switch
        {
            null => "",
            "icmp" => " meta l4proto icmp",
            _ when rule.Ports.Count == 0 => $" meta l4proto {rule.Protocol}",
            _ => $" {rule.Protocol} dport {Set(rule.Ports)}",
        };
        string to = rule.To is VmPort vm ? $" ip daddr {Ipv4Subnet.Text(vm.VmAddress)}" : "";
        return $"iifname \"{rule.From.Name}\" oifname \"{rule.To.Name}\"{to}{what} ct state new accept";
    }

    /// <summary>A chain that logs a few of the packets that come to it, counts and drops them all.</summary>
    private void WriteDrop(string chain, string port, string kind, params string[] before)
    {
        _text.Append($"    chain {chain} {{\n");
        foreach (string rule in before)
            _text.Append($"        {rule}\n");
        _text.Append($$"""
                    limit rate {{_rules.LogPerSecond}}/second burst {{2 * _rules.LogPerSecond}} packets log prefix "lamina: drop {{port}} {{kind}}: " level err
                    counter drop
                }

            """);
    }

    /// <summary>What was refused in the last minute, each target once. Full, it forgets none, and the scan is long known.</summary>
    private void WriteTargets(string set, string type) =>
        _text.Append($"    set {set} {{\n        type {type}; size 4096; flags dynamic,timeout; timeout 1m;\n    }}\n");

    /// <summary>A chain that says "scan" where more new targets come to it than a VM that means no harm has. It says so once a minute.</summary>
    private void WriteScan(string port)
    {
        string many = $"limit rate over {_rules.ScanTargets}/minute burst {_rules.ScanTargets} packets";
        _text.Append($$"""
                chain {{port}}-scan {
                    {{many}} limit rate 1/minute burst 1 packets log prefix "lamina: scan from {{port}}: " level err
                }

            """);
    }

    private static string Set(IReadOnlyList<string> members) => $"{{ {string.Join(", ", members)} }}";
}
