using System;

namespace Lamina.Svm;

/// <summary>The numbers of the MSRs that are switched with a vCPU (AMD APM vol. 2, appendix A).</summary>
internal static class SwitchedMsr
{
    internal const uint SysenterCs = 0x174, SysenterEsp = 0x175, SysenterEip = 0x176;
    internal const uint Star = 0xC000_0081, LongStar = 0xC000_0082, CompatibilityStar = 0xC000_0083, SystemCallFlagMask = 0xC000_0084;
    internal const uint FsBase = 0xC000_0100, GsBase = 0xC000_0101, KernelGsBase = 0xC000_0102, TscAux = 0xC000_0103;

    /// <summary>Those in the VMCB: guests use them without an exit.</summary>
    internal static ReadOnlySpan<uint> ByVmload =>
    [
        SysenterCs, SysenterEsp, SysenterEip, Star, LongStar, CompatibilityStar, SystemCallFlagMask, FsBase, GsBase, KernelGsBase,
    ];
}
