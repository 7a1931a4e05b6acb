using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>Says in the log that a VM is ready.</summary>
internal sealed class LoggedReady(Log log, string name) : ReadyPort
{
    /// <inheritdoc/>
    protected override void Ready() => log.Info(name).Text(": ready").End();
}
