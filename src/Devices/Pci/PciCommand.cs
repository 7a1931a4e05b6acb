using System;

namespace Lamina.Devices;

/// <summary>The command register (PCI Local Bus 3.0, 6.2.2).</summary>
[Flags]
public enum PciCommand : ushort
{
    /// <summary>Nothing is decoded.</summary>
    None = 0,
    /// <summary>I/O base address registers are decoded.</summary>
    IoSpace = 1 << 0,
    /// <summary>Memory base address registers are decoded.</summary>
    MemorySpace = 1 << 1,
    /// <summary>The function may read and write memory, and send MSIs.</summary>
    BusMaster = 1 << 2,
    /// <summary>Parity errors would be answered.</summary>
    ParityErrorResponse = 1 << 6,
    /// <summary>System errors would be reported.</summary>
    SystemErrorEnable = 1 << 8,
    /// <summary>INTx is not asserted.</summary>
    InterruptDisable = 1 << 10,
}
