using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE (UEFI 2.10, 12.9.2.1).</summary>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct EfiGraphicsMode
{
    /// <summary>How the picture is made.</summary>
    [FieldOffset(8)]
    public EfiGraphicsModeInformation* Information;

    /// <summary>HPA of the first pixel.</summary>
    [FieldOffset(24)]
    public ulong FramebufferAddress;
}
