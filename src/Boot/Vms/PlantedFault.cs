using Lamina.Core;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// Stands in a VM's buses in the place of a device, and faults at the first access: what the boot parameter <c>plant=</c> asks for, to see that such a fault
/// ends one VM. VMs without one have nothing of it.
/// </summary>
internal sealed class PlantedFault(string name, BootParameters parameters) : Device
{
    /// <inheritdoc/>
    public override string Name => name;

    /// <inheritdoc/>
    public override void Reset() { }

    /// <inheritdoc/>
    public override uint ReadPort(ushort port, int size)
    {
        FaultTests.Run(parameters.PlantKind);
        return uint.MaxValue;
    }

    /// <inheritdoc/>
    public override void WritePort(ushort port, int size, uint value) => FaultTests.Run(parameters.PlantKind);

    /// <inheritdoc/>
    public override ulong ReadMemory(ulong offset, int size)
    {
        FaultTests.Run(parameters.PlantKind);
        return ulong.MaxValue;
    }

    /// <inheritdoc/>
    public override void WriteMemory(ulong offset, int size, ulong value) => FaultTests.Run(parameters.PlantKind);
}
