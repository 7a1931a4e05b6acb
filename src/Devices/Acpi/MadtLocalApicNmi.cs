using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>Which local APICs' pin NMI comes in at (ACPI 6.5, table 5.27).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MadtLocalApicNmi
{
    /// <summary>Its type and length.</summary>
    public MadtEntryHeader Header;
    /// <summary>255: all.</summary>
    public byte ProcessorUid;
    /// <summary>As in an interrupt override.</summary>
    public ushort Flags;
    /// <summary>0 or 1.</summary>
    public byte Lint;
}
