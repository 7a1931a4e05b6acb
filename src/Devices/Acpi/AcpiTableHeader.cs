using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>The header of every ACPI table but RSDP and FACS (ACPI 6.5, table 5.4).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct AcpiTableHeader
{
    /// <summary>Four characters.</summary>
    public uint Signature;
    /// <summary>Bytes of the table, header included.</summary>
    public uint Length;
    /// <summary>Revision of the table's layout.</summary>
    public byte Revision;
    /// <summary>Makes the sum of all bytes 0.</summary>
    public byte Checksum;
    /// <summary>Who made it: characters 1 to 4.</summary>
    public uint OemId;
    /// <summary>Who made it: characters 5 and 6.</summary>
    public ushort OemIdEnd;
    /// <summary>Eight characters.</summary>
    public ulong OemTableId;
    /// <summary>A number of ours.</summary>
    public uint OemRevision;
    /// <summary>The tool that made it: four characters.</summary>
    public uint CreatorId;
    /// <summary>The tool's version.</summary>
    public uint CreatorRevision;
}
