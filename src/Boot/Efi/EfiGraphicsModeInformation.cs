using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>EFI_GRAPHICS_OUTPUT_MODE_INFORMATION (UEFI 2.10, 12.9.2.1).</summary>
[StructLayout(LayoutKind.Explicit)]
public struct EfiGraphicsModeInformation
{
    /// <summary>A <see cref="PixelFormat"/> of 8 bits each of red, green, blue and none, red in the lowest byte.</summary>
    public const uint RedGreenBlue = 0;

    /// <summary>A <see cref="PixelFormat"/> with blue in the lowest byte.</summary>
    public const uint BlueGreenRed = 1;

    /// <summary>Pixels in a line.</summary>
    [FieldOffset(4)]
    public uint Width;

    /// <summary>Lines.</summary>
    [FieldOffset(8)]
    public uint Height;

    /// <summary>EFI_GRAPHICS_PIXEL_FORMAT.</summary>
    [FieldOffset(12)]
    public uint PixelFormat;

    /// <summary>Pixels from one line to the next.</summary>
    [FieldOffset(32)]
    public uint PixelsPerScanLine;
}
