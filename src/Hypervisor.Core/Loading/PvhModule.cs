using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>hvm_modlist_entry (Xen, start_info.h): 32 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct PvhModule
{
    public ulong Address;
    public ulong Length;
    public ulong CommandLine;
    public ulong Reserved;
}
