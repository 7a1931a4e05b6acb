using Lamina.Core;
using Lamina.Devices;

namespace Lamina.Boot;

/// <summary>Where a VM of the manifest says that it is ready.</summary>
internal sealed class VmReadyPort(VirtualMachine machine) : ReadyPort
{
    /// <inheritdoc/>
    protected override void Ready() => machine.SayReady();
}
