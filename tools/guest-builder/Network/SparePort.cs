namespace Lamina.GuestBuilder.Network;

/// <summary>A port for a VM that comes later: it stays down, and nothing passes it.</summary>
/// <param name="Name">The port's name.</param>
public sealed record SparePort(string Name) : NetworkPort(Name);
