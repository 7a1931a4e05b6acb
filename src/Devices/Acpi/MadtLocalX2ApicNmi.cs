using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>The same for processors of x2APIC entries (ACPI 6.5, table 5.35).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MadtLocalX2ApicNmi
{
    /// <summary>Its type and length.</summary>
    public MadtEntryHeader Header;
    /// <summary>As in an interrupt override.</summary>
    public ushort Flags;
    /// <summary>All ones: all.</summary>
    public uint ProcessorUid;
    /// <summary>0 or 1.</summary>
    public byte Lint;
    /// <summary>0.</summary>
    public byte Reserved0;
    /// <summary>0.</summary>
    public ushort Reserved1;
}
