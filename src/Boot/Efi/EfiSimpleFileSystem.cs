using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>EFI_SIMPLE_FILE_SYSTEM_PROTOCOL (UEFI 2.10, 13.4).</summary>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct EfiSimpleFileSystem
{
    /// <summary>OpenVolume (this, root directory).</summary>
    [FieldOffset(8)]
    public delegate* unmanaged<EfiSimpleFileSystem*, EfiFile**, EfiStatus> OpenVolume;
}
