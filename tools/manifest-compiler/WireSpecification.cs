using Lamina.Core;

namespace Lamina.Manifests;

/// <summary>A wire between two VMs.</summary>
/// <param name="Port">The end that is a port.</param>
/// <param name="Plug">The end that is plugged into it.</param>
/// <param name="BitsPerSecond">The most that goes over it each way; 0 if there is no limit.</param>
/// <param name="WhenFull">What becomes of a frame for which there is no room.</param>
public sealed record WireSpecification(WireEnd Port, WireEnd Plug, ulong BitsPerSecond, WhenFull WhenFull);
