using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Svm;

/// <summary>The state save area of a VMCB (AMD APM vol. 2, appendix B, table B-2). What VMLOAD and VMSAVE move is said so.</summary>
[StructLayout(LayoutKind.Explicit, Size = 0xC00)]
public struct VmcbStateSaveArea
{
    /// <summary>ES; the other segment and table registers follow in the order of <see cref="SegmentName"/>. FS, GS, LDTR and TR: by VMLOAD and VMSAVE.</summary>
    [FieldOffset(0x000)] public SegmentRegister Es;
    /// <summary>CS.</summary>
    [FieldOffset(0x010)] public SegmentRegister Cs;
    /// <summary>SS.</summary>
    [FieldOffset(0x020)] public SegmentRegister Ss;
    /// <summary>The current privilege level.</summary>
    [FieldOffset(0x0CB)] public byte PrivilegeLevel;
    /// <summary>EFER, with SVME.</summary>
    [FieldOffset(0x0D0)] public Efer Efer;
    /// <summary>CR4.</summary>
    [FieldOffset(0x148)] public Cr4 Cr4;
    /// <summary>CR3.</summary>
    [FieldOffset(0x150)] public ulong Cr3;
    /// <summary>CR0.</summary>
    [FieldOffset(0x158)] public Cr0 Cr0;
    /// <summary>DR7.</summary>
    [FieldOffset(0x160)] public ulong Dr7;
    /// <summary>DR6.</summary>
    [FieldOffset(0x168)] public ulong Dr6;
    /// <summary>RFLAGS.</summary>
    [FieldOffset(0x170)] public Rflags Rflags;
    /// <summary>RIP.</summary>
    [FieldOffset(0x178)] public ulong Rip;
    /// <summary>RSP.</summary>
    [FieldOffset(0x1D8)] public ulong Rsp;
    /// <summary>RAX.</summary>
    [FieldOffset(0x1F8)] public ulong Rax;
    /// <summary>STAR, by VMLOAD and VMSAVE.</summary>
    [FieldOffset(0x200)] public ulong Star;
    /// <summary>LSTAR, by VMLOAD and VMSAVE.</summary>
    [FieldOffset(0x208)] public ulong LongStar;
    /// <summary>CSTAR, by VMLOAD and VMSAVE.</summary>
    [FieldOffset(0x210)] public ulong CompatibilityStar;
    /// <summary>SFMASK, by VMLOAD and VMSAVE.</summary>
    [FieldOffset(0x218)] public ulong SystemCallFlagMask;
    /// <summary>KernelGSBase, by VMLOAD and VMSAVE.</summary>
    [FieldOffset(0x220)] public ulong KernelGsBase;
    /// <summary>SYSENTER_CS, by VMLOAD and VMSAVE.</summary>
    [FieldOffset(0x228)] public ulong SysenterCs;
    /// <summary>SYSENTER_ESP, by VMLOAD and VMSAVE.</summary>
    [FieldOffset(0x230)] public ulong SysenterEsp;
    /// <summary>SYSENTER_EIP, by VMLOAD and VMSAVE.</summary>
    [FieldOffset(0x238)] public ulong SysenterEip;
    /// <summary>CR2.</summary>
    [FieldOffset(0x240)] public ulong Cr2;
    /// <summary>G_PAT: the guest's PAT, under nested paging.</summary>
    [FieldOffset(0x268)] public ulong Pat;

    /// <summary>A segment or descriptor-table register by its name. Bounds rule: a name outside the enumeration is TR.</summary>
    [UnscopedRef]
    public ref SegmentRegister this[SegmentName name] => ref Unsafe.Add(ref Es, name <= SegmentName.Tr ? (int)name : (int)SegmentName.Tr);
}
