using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>hvm_memmap_table_entry (Xen, start_info.h): 24 bytes; its types are E820's.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct PvhMemoryMapEntry
{
    public MemoryMapEntry Entry;
    public uint Reserved;
}
