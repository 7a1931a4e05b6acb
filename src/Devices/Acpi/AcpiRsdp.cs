using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>The root system description pointer (ACPI 6.5, table 5.3).</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct AcpiRsdp
{
    /// <summary>"RSD PTR ".</summary>
    public ulong Signature;
    /// <summary>Makes the sum of the first 20 bytes 0.</summary>
    public byte Checksum;
    /// <summary>Who made it: characters 1 to 4.</summary>
    public uint OemId;
    /// <summary>Who made it: characters 5 and 6.</summary>
    public ushort OemIdEnd;
    /// <summary>2.</summary>
    public byte Revision;
    /// <summary>0: there is but an XSDT.</summary>
    public uint RsdtAddress;
    /// <summary>36.</summary>
    public uint Length;
    /// <summary>GPA of the XSDT.</summary>
    public ulong XsdtAddress;
    /// <summary>Makes the sum of all bytes 0.</summary>
    public byte ExtendedChecksum;
    /// <summary>0.</summary>
    public byte Reserved0;
    /// <summary>0.</summary>
    public ushort Reserved1;
}
