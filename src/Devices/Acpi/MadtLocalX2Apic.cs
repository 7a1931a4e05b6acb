using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>A processor with an APIC ID of 255 or more (ACPI 6.5, table 5.34).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MadtLocalX2Apic
{
    /// <summary>Its type and length.</summary>
    public MadtEntryHeader Header;
    /// <summary>0.</summary>
    public ushort Reserved;
    /// <summary>Its x2APIC ID.</summary>
    public uint ApicId;
    /// <summary>Bit 0: enabled.</summary>
    public uint Flags;
    /// <summary>The _UID of its device.</summary>
    public uint ProcessorUid;
}
