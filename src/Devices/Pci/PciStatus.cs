using System;

namespace Lamina.Devices;

/// <summary>The status register (PCI Local Bus 3.0, 6.2.3), as far as it is used.</summary>
[Flags]
internal enum PciStatus : ushort
{
    /// <summary>Nothing.</summary>
    None = 0,
    /// <summary>INTx is asserted, or would be but for <see cref="PciCommand.InterruptDisable"/>.</summary>
    InterruptStatus = 1 << 3,
    /// <summary>There is a list of capabilities.</summary>
    CapabilityList = 1 << 4,
}
