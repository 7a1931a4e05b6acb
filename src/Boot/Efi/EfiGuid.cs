using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>EFI_GUID (UEFI 2.10, 2.3.1, appendix A): 16 bytes, the first three fields little-endian.</summary>
[StructLayout(LayoutKind.Sequential)]
public readonly struct EfiGuid(uint a, ushort b, ushort c, ulong d)
{
    /// <summary>The first 8 digits.</summary>
    public readonly uint A = a;

    /// <summary>The next 4 digits.</summary>
    public readonly ushort B = b;

    /// <summary>The next 4 digits.</summary>
    public readonly ushort C = c;

    /// <summary>The last 16 digits, first digits in the lowest byte. It is 4-byte aligned as a whole.</summary>
    private readonly uint _low = (uint)d;
    private readonly uint _high = (uint)(d >> 32);

    /// <summary>EFI_LOADED_IMAGE_PROTOCOL (9.1).</summary>
    public static EfiGuid LoadedImage => new(0x5B1B31A1, 0x9562, 0x11D2, 0x3B7269C9A0003F8E);

    /// <summary>EFI_SIMPLE_FILE_SYSTEM_PROTOCOL (13.4).</summary>
    public static EfiGuid SimpleFileSystem => new(0x964E5B22, 0x6459, 0x11D2, 0x3B7269C9A000398E);

    /// <summary>EFI_FILE_INFO (13.5.16).</summary>
    public static EfiGuid FileInfo => new(0x09576E92, 0x6D3F, 0x11D2, 0x3B7269C9A000398E);

    /// <summary>EFI_GRAPHICS_OUTPUT_PROTOCOL (12.9).</summary>
    public static EfiGuid GraphicsOutput => new(0x9042A9DE, 0x23DC, 0x4A38, 0x6A5180D0DE7AFB96);

    /// <summary>The configuration table with ACPI's root pointer since 2.0 (4.6).</summary>
    public static EfiGuid Acpi20 => new(0x8868E871, 0xE4F1, 0x11D3, 0x81883CC7800022BC);

    /// <summary>The configuration table with ACPI 1.0's root pointer (4.6).</summary>
    public static EfiGuid Acpi10 => new(0xEB9D2D30, 0x2D88, 0x11D3, 0x4DC13F279000169A);

    /// <summary>Whether two are the same.</summary>
    public bool Is(in EfiGuid other) => A == other.A && B == other.B && C == other.C && _low == other._low && _high == other._high;
}
