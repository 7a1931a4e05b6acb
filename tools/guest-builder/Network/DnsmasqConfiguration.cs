using System.Text;

namespace Lamina.GuestBuilder.Network;

/// <summary>
/// The configuration of dnsmasq(8) in the network VM: it gives each VM the one address that its port lets in, and answers names by asking the outside.
/// IPv6 passes no port, so names have no IPv6 addresses.
/// </summary>
internal static class DnsmasqConfiguration
{
    /// <summary>The file for <c>dnsmasq -C</c>.</summary>
    internal static string Write(NetworkRules rules)
    {
        var text = new StringBuilder($"""
            # Made by Lamina from rules.yaml: change that.
            user=dnsmasq
            bind-interfaces
            except-interface=lo
            no-hosts
            no-resolv
            server={Ipv4Subnet.Text(rules.Outside.Dns)}
            filter-AAAA
            domain-needed
            no-ping
            dhcp-authoritative
            dhcp-ignore-names
            dhcp-leasefile=/run/dnsmasq.leases

            """);
        foreach (VmPort vm in rules.Vms)
        {
            string address = Ipv4Subnet.Text(vm.VmAddress);
            text.Append($"""
                interface={vm.Name}
                dhcp-range={address},{address},{Ipv4Subnet.Text(vm.Subnet.Mask)},12h
                dhcp-host={vm.MacAddress},{address}

                """);
        }

        return text.ToString();
    }
}
