namespace Lamina.Core;

/// <summary>What a VM's console is.</summary>
public enum ConsoleKind : byte
{
    /// <summary>The VM has no console: it is given no serial port.</summary>
    None = 0,

    /// <summary>A 16550 at COM1, whose lines the hypervisor's log shows as <c>NAME| …</c>.</summary>
    Serial = 1,
}
