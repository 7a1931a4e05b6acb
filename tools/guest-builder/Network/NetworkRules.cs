using System.Collections.Generic;
using System.Linq;

namespace Lamina.GuestBuilder.Network;

/// <summary>What <c>guests/network/rules.yaml</c> says, checked.</summary>
/// <param name="Ports">The network VM's ports in the order of its interfaces, one of them to the outside.</param>
/// <param name="Allow">Who may connect to whom.</param>
/// <param name="ScanTargets">A VM that is refused more than so many different targets (addresses, or ports of them) in a minute is said to scan.</param>
/// <param name="LogPerSecond">How many drops of one kind at one port are logged in a second; all are counted.</param>
public sealed record NetworkRules(IReadOnlyList<NetworkPort> Ports, IReadOnlyList<AllowRule> Allow, int ScanTargets, int LogPerSecond)
{
    /// <summary>The port to the outside.</summary>
    public OutsidePort Outside => Ports.OfType<OutsidePort>().Single();

    /// <summary>The ports with a VM behind them.</summary>
    public IEnumerable<VmPort> Vms => Ports.OfType<VmPort>();
}
