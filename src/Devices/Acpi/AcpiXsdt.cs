using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>The GPAs of the other tables: the XSDT without its header (ACPI 6.5, table 5.8).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct AcpiXsdt
{
    /// <summary>GPA of the FADT.</summary>
    public ulong Fadt;
    /// <summary>GPA of the MADT.</summary>
    public ulong Madt;
    /// <summary>GPA of the MCFG.</summary>
    public ulong Mcfg;
}
