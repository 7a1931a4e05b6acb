using System.Runtime.InteropServices;

namespace Lamina.Boot;

/// <summary>
/// EFI_BOOT_SERVICES (UEFI 2.10, 4.4 and 7), the functions that we use. UEFI's calling convention (2.3.4) is the Microsoft x64 one. They are
/// unmanaged pointers: a managed one is tested for a mark in bit 1, which firmware's functions may well have set.
/// </summary>
[StructLayout(LayoutKind.Explicit)]
public unsafe struct EfiBootServices
{
    /// <summary>AllocatePages (type, memory type, pages, address).</summary>
    [FieldOffset(40)]
    public delegate* unmanaged<EfiAllocateType, EfiMemoryType, ulong, ulong*, EfiStatus> AllocatePages;

    /// <summary>FreePages (address, pages).</summary>
    [FieldOffset(48)]
    public delegate* unmanaged<ulong, ulong, EfiStatus> FreePages;

    /// <summary>GetMemoryMap (size, map, key, descriptor size, descriptor version).</summary>
    [FieldOffset(56)]
    public delegate* unmanaged<ulong*, byte*, ulong*, ulong*, uint*, EfiStatus> GetMemoryMap;

    /// <summary>HandleProtocol (handle, protocol, interface).</summary>
    [FieldOffset(152)]
    public delegate* unmanaged<nint, EfiGuid*, void**, EfiStatus> HandleProtocol;

    /// <summary>ExitBootServices (image, key).</summary>
    [FieldOffset(232)]
    public delegate* unmanaged<nint, ulong, EfiStatus> ExitBootServices;

    /// <summary>SetWatchdogTimer (seconds, code, data size, data).</summary>
    [FieldOffset(256)]
    public delegate* unmanaged<ulong, ulong, ulong, char*, EfiStatus> SetWatchdogTimer;

    /// <summary>LocateProtocol (protocol, registration, interface).</summary>
    [FieldOffset(320)]
    public delegate* unmanaged<EfiGuid*, void*, void**, EfiStatus> LocateProtocol;
}
