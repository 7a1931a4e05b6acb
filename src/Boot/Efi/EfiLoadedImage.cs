using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>EFI_LOADED_IMAGE_PROTOCOL (UEFI 2.10, 9.1), the field that we use.</summary>
[StructLayout(LayoutKind.Explicit)]
public struct EfiLoadedImage
{
    /// <summary>The device that the image was loaded from.</summary>
    [FieldOffset(24)]
    public nint DeviceHandle;
}
