using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>hvm_start_info, version 1 (Xen, public/arch-x86/hvm/start_info.h): 56 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct PvhStartInfo
{
    public const uint ExpectedMagic = 0x336E_C578;
    public const uint CurrentVersion = 1;

    public uint Magic;
    public uint Version;
    public uint Flags;
    public uint ModuleCount;
    /// <summary>GPA of the <see cref="PvhModule"/>s.</summary>
    public ulong Modules;
    /// <summary>GPA of a string with a zero at its end.</summary>
    public ulong CommandLine;
    /// <summary>GPA of the ACPI root pointer.</summary>
    public ulong Rsdp;
    /// <summary>GPA of the <see cref="PvhMemoryMapEntry"/>s.</summary>
    public ulong MemoryMap;
    public uint MemoryMapCount;
    public uint Reserved;
}
