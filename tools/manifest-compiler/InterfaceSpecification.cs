using Lamina.Core;

namespace Lamina.Manifests;

/// <summary>A network interface of a VM.</summary>
/// <param name="Kind">Which end of a wire it is.</param>
/// <param name="Name">A port's own name; of a plug <c>VM.PORT</c>, where it is plugged in.</param>
/// <param name="MacAddress">Its MAC address, the first octet in bits 7:0.</param>
/// <param name="QueuePairs">How many pairs of queues it has.</param>
public sealed record InterfaceSpecification(InterfaceKind Kind, string Name, ulong MacAddress, uint QueuePairs);
