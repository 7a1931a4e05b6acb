namespace Lamina.GuestBuilder.Network;

/// <summary>The port that leads to the outside.</summary>
/// <param name="Name">The port's name.</param>
/// <param name="Address">The network VM's address on it.</param>
/// <param name="Gateway">Where packets to everywhere go, in host byte order.</param>
/// <param name="Dns">Who is asked for names, in host byte order.</param>
public sealed record OutsidePort(string Name, Ipv4Subnet Address, uint Gateway, uint Dns) : NetworkPort(Name);
