using System.Text;

namespace Lamina.GuestBuilder.Network;

/// <summary>
/// What the network VM's start-up script reads: a line <c>INTERFACE PORT ADDRESS [GATEWAY]</c> for each port, in the order of the interfaces. A spare
/// port's address is <c>-</c>.
/// </summary>
internal static class PortTable
{
    /// <summary>The table.</summary>
    internal static string Write(NetworkRules rules)
    {
        var text = new StringBuilder();
        for (int i = 0; i < rules.Ports.Count; i++)
        {
            text.Append($"eth{i} {rules.Ports[i].Name} ").Append(rules.Ports[i] switch
            {
                OutsidePort outside => $"{outside.Address} {Ipv4Subnet.Text(outside.Gateway)}\n",
                VmPort vm => $"{Ipv4Subnet.Text(vm.GatewayAddress)}/{vm.Subnet.PrefixLength}\n",
                _ => "-\n",
            });
        }

        return text.ToString();
    }
}
