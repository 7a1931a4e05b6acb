namespace Lamina.GuestBuilder.Network;

/// <summary>A port with a VM behind it, which has a subnet to itself.</summary>
/// <param name="Name">The port's name.</param>
/// <param name="Subnet">Its network.</param>
/// <param name="MacAddress">The only one that the VM may send from, as <c>02:4c:41:00:00:02</c>.</param>
public sealed record VmPort(string Name, Ipv4Subnet Subnet, string MacAddress) : NetworkPort(Name)
{
    /// <summary>The network VM's address on it, in host byte order: the VM's gateway, and whom it asks for names.</summary>
    public uint GatewayAddress => Subnet.Host(1);

    /// <summary>The VM's address, in host byte order.</summary>
    public uint VmAddress => Subnet.Host(2);
}
