using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>EFI_GRAPHICS_OUTPUT_PROTOCOL (UEFI 2.10, 12.9), the field that we use.</summary>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct EfiGraphicsOutput
{
    /// <summary>The mode that the screen is in.</summary>
    [FieldOffset(24)]
    public EfiGraphicsMode* Mode;
}
