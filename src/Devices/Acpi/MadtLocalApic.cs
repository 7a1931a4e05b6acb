using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>A processor with an 8-bit APIC ID (ACPI 6.5, table 5.21).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct MadtLocalApic
{
    /// <summary>Its type and length.</summary>
    public MadtEntryHeader Header;
    /// <summary>The _UID of its device.</summary>
    public byte ProcessorUid;
    /// <summary>Its APIC ID.</summary>
    public byte ApicId;
    /// <summary>Bit 0: enabled.</summary>
    public uint Flags;
}
