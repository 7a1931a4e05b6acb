using Lamina.Core;
using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>A virtio device that faults as its driver first rings a doorbell of it: as <see cref="PlantedFault"/>.</summary>
internal sealed class PlantedFunction(VirtioDevice device, InterruptBus bus, BootParameters parameters) : VirtioPciFunction(device, bus)
{
    /// <inheritdoc/>
    public override void WriteBar(int bar, ulong offset, int size, ulong value)
    {
        if (bar == DoorbellBar) FaultTests.Run(parameters.PlantKind);
        base.WriteBar(bar, offset, size, value);
    }
}
