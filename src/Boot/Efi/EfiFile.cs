using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>EFI_FILE_PROTOCOL (UEFI 2.10, 13.5), the functions that we use.</summary>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct EfiFile
{
    /// <summary>The mode of <see cref="Open"/> that only reads.</summary>
    public const ulong ModeRead = 1;

    /// <summary>Open (this, new file, zero-terminated name, mode, attributes).</summary>
    [FieldOffset(8)]
    public delegate* unmanaged<EfiFile*, EfiFile**, char*, ulong, ulong, EfiStatus> Open;

    /// <summary>Close (this).</summary>
    [FieldOffset(16)]
    public delegate* unmanaged<EfiFile*, EfiStatus> Close;

    /// <summary>Read (this, size, buffer).</summary>
    [FieldOffset(32)]
    public delegate* unmanaged<EfiFile*, ulong*, void*, EfiStatus> Read;

    /// <summary>GetInfo (this, type, size, buffer).</summary>
    [FieldOffset(64)]
    public delegate* unmanaged<EfiFile*, EfiGuid*, ulong*, void*, EfiStatus> GetInfo;
}
