using System;

namespace Lamina.Core;

/// <summary>
/// A segment's attributes: bits 40–47 and 52–55 of its descriptor, packed into 12 bits as the VMCB holds them
/// (AMD APM vol. 2, 15.5.1 "VMRUN", segment state in the VMCB; descriptor bits: 4.7).
/// </summary>
[Flags]
public enum SegmentAttributes : ushort
{
    /// <summary>No bits: a null or unusable segment.</summary>
    None = 0,
    /// <summary>Type bit 0: accessed (code, data); for a TSS, with <see cref="TypeTaskState"/>, part of the type.</summary>
    Accessed = 1 << 0,
    /// <summary>Type bit 1: readable (code) or writable (data).</summary>
    ReadableOrWritable = 1 << 1,
    /// <summary>Type bit 2: conforming (code) or expand-down (data).</summary>
    ConformingOrExpandDown = 1 << 2,
    /// <summary>Type bit 3: code rather than data.</summary>
    Code = 1 << 3,
    /// <summary>S: a code or data segment, not a system segment.</summary>
    CodeOrData = 1 << 4,
    /// <summary>DPL, 2 bits: the descriptor's privilege level.</summary>
    PrivilegeMask = 3 << 5,
    /// <summary>P: present.</summary>
    Present = 1 << 7,
    /// <summary>AVL: for software.</summary>
    Available = 1 << 8,
    /// <summary>L: 64-bit code.</summary>
    Long = 1 << 9,
    /// <summary>D/B: 32-bit default operand, address and stack size.</summary>
    Default32 = 1 << 10,
    /// <summary>G: the limit in the descriptor counted 4 KiB pages (the cached limit is always in bytes).</summary>
    Granularity = 1 << 11,

    /// <summary>Type of a local descriptor table (system segment).</summary>
    TypeLocalDescriptorTable = 0x2,
    /// <summary>Type of a busy 32- or 64-bit TSS (system segment); 0x3 is the busy 16-bit one.</summary>
    TypeTaskState = 0xB,
}
