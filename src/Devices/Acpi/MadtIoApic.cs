using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>An I/O APIC (ACPI 6.5, table 5.23).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MadtIoApic
{
    /// <summary>Its type and length.</summary>
    public MadtEntryHeader Header;
    /// <summary>Its ID.</summary>
    public byte IoApicId;
    /// <summary>0.</summary>
    public byte Reserved;
    /// <summary>Its GPA.</summary>
    public uint Address;
    /// <summary>The GSI of its pin 0.</summary>
    public uint FirstGsi;
}
