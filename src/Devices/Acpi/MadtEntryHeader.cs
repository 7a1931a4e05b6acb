using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>How each entry of the MADT begins (ACPI 6.5, 5.2.12).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MadtEntryHeader
{
    /// <summary>Its type.</summary>
    public byte Type;
    /// <summary>Its bytes, this header included.</summary>
    public byte Length;
}
