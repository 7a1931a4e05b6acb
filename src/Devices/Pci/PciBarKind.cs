namespace Lamina.Devices;

/// <summary>What a base address register decodes; the values are its low, read-only bits (PCI Local Bus 3.0, 6.2.5.1).</summary>
public enum PciBarKind : byte
{
    /// <summary>Memory, anywhere below 4 GiB.</summary>
    Memory32 = 0b0000,
    /// <summary>I/O ports.</summary>
    Io = 0b0001,
    /// <summary>Memory, anywhere; takes the next register too.</summary>
    Memory64 = 0b0100,
}
