using System.Collections.Generic;

namespace Lamina.GuestBuilder.Network;

/// <summary>A permission to connect; what no rule permits is dropped. Answers come back without a rule of their own.</summary>
/// <param name="From">The VM that may connect.</param>
/// <param name="To">Where to.</param>
/// <param name="Protocol"><c>tcp</c>, <c>udp</c> or <c>icmp</c>; null is any.</param>
/// <param name="Ports">Destination ports, <c>80</c> or <c>8000-8010</c> each; none is any.</param>
public sealed record AllowRule(VmPort From, NetworkPort To, string? Protocol, IReadOnlyList<string> Ports);
