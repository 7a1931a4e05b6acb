using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>EFI_SYSTEM_TABLE (UEFI 2.10, 4.3), the fields that we use. All addresses are identity-mapped by firmware.</summary>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct EfiSystemTable
{
    /// <summary>The text screen; null when there is none.</summary>
    [FieldOffset(64)]
    public EfiTextOutput* ConsoleOut;

    /// <summary>What firmware does for us until we take over.</summary>
    [FieldOffset(96)]
    public EfiBootServices* BootServices;

    /// <summary>Entries of <see cref="ConfigurationTable"/>.</summary>
    [FieldOffset(104)]
    public ulong TableEntries;

    /// <summary>Tables of other standards: ACPI's root pointer.</summary>
    [FieldOffset(112)]
    public EfiConfigurationTable* ConfigurationTable;
}
