using System;

namespace Lamina.Devices;

/// <summary>Message control of the MSI-X capability (PCI Local Bus 3.0, 6.8.2.3); its low 11 bits are the number of vectors, less one.</summary>
[Flags]
internal enum MsixControl : ushort
{
    /// <summary>MSI-X is off.</summary>
    None = 0,
    /// <summary>All vectors are masked, whatever their own bits say.</summary>
    FunctionMask = 1 << 14,
    /// <summary>MSI-X is on: INTx is not used.</summary>
    Enable = 1 << 15,
}
