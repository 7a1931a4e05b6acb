using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>EFI_CONFIGURATION_TABLE (UEFI 2.10, 4.6).</summary>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct EfiConfigurationTable
{
    /// <summary>Which standard's table it is.</summary>
    public EfiGuid Vendor;

    /// <summary>The table (HPA).</summary>
    public byte* Table;
}
