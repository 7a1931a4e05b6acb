namespace Lamina.Core;

/// <summary>What a VM's console is.</summary>
public enum ConsoleKind : byte
{
    /// <summary>The VM has no console: it is given no serial port, and no console on virtio.</summary>
    None = 0,

    /// <summary>A 16550 at COM1, whose lines the hypervisor's log shows as <c>NAME| …</c>.</summary>
    Serial = 1,

    /// <summary>A virtio-console, Linux's hvc0, whose lines the log shows in the same way; no serial port.</summary>
    Virtio = 2,
}
