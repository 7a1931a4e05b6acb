using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>
/// Where configuration space is mapped: the table MCFG without its header, with one allocation (PCI Firmware Specification 3.0, 4.1.2).
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct AcpiMcfg
{
    /// <summary>0.</summary>
    public ulong Reserved0;
    /// <summary>GPA of bus 0.</summary>
    public ulong BaseAddress;
    /// <summary>The PCI segment group.</summary>
    public ushort Segment;
    /// <summary>The first bus.</summary>
    public byte FirstBus;
    /// <summary>The last bus.</summary>
    public byte LastBus;
    /// <summary>0.</summary>
    public uint Reserved1;
}
