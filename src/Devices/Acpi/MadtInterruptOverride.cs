using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>An ISA interrupt that is not wired or not triggered as ISA says (ACPI 6.5, table 5.24).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MadtInterruptOverride
{
    /// <summary>Its type and length.</summary>
    public MadtEntryHeader Header;
    /// <summary>0: ISA.</summary>
    public byte Bus;
    /// <summary>The ISA interrupt.</summary>
    public byte Source;
    /// <summary>Where it goes.</summary>
    public uint Gsi;
    /// <summary>Polarity (bits 0 and 1) and trigger mode (2 and 3); 0 as ISA.</summary>
    public ushort Flags;
}
