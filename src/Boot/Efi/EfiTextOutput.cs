using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL (UEFI 2.10, 12.4), the function that we use.</summary>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct EfiTextOutput
{
    /// <summary>OutputString (this, zero-terminated text).</summary>
    [FieldOffset(8)]
    public delegate* unmanaged<EfiTextOutput*, char*, EfiStatus> OutputString;
}
