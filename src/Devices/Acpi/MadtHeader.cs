using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>What comes before the entries of the MADT, behind the table header (ACPI 6.5, table 5.19).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MadtHeader
{
    /// <summary>GPA of the local APICs.</summary>
    public uint LocalApicAddress;
    /// <summary>Bit 0: there is an 8259 pair.</summary>
    public uint Flags;
}
