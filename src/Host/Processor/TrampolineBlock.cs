using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>What the trampoline of <c>ProcessorStart.asm</c> reads, at its end: the first three as offsets in its page until the page's HPA is added.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct TrampolineBlock
{
    /// <summary>HPA of its 64-bit code, and <see cref="CodeSelector"/>: a far pointer.</summary>
    public uint LongMode;

    /// <summary>Selector of the 64-bit code segment in the trampoline's own table.</summary>
    public uint CodeSelector;

    /// <summary>Where in the page the base of the descriptor table's pointer is, an HPA of 32 bits too.</summary>
    public uint SegmentTableBase;

    /// <summary>HPA of the root table for the way up; it is loaded by code of 32 bits.</summary>
    public uint Root;

    /// <summary>HPA of the host's root table.</summary>
    public ulong HostRoot;

    /// <summary>HVA behind the last byte of the CPU's stack; a multiple of 16.</summary>
    public ulong Stack;

    /// <summary>HVA where the CPU goes on.</summary>
    public ulong Entry;

    /// <summary>What firmware has set in IA32_MISC_ENABLE and must not be: no-execute pages are used from the first instruction in C#.</summary>
    public MiscEnable Limits;
}
