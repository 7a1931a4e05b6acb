namespace Lamina.GuestBuilder.Network;

/// <summary>A port of the network VM.</summary>
/// <param name="Name">Its name in the rules, in the manifest and, as its interface's name, in the network VM.</param>
public abstract record NetworkPort(string Name);
