using System.Runtime.InteropServices;

namespace Lamina.Host;

/// <summary>The operand of LGDT and LIDT (AMD APM vol. 2, 4.6.2; Intel SDM vol. 3, 3.5.1): 10 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct DescriptorTablePointer(ushort limit, ulong address)
{
    /// <summary>Bytes in the table, less one.</summary>
    public readonly ushort Limit = limit;

    /// <summary>HVA of the table.</summary>
    public readonly ulong Address = address;
}
