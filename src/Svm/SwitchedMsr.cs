using System;
using Lamina.Core;

namespace Lamina.Svm;

/// <summary>The numbers of the MSRs that are switched with a vCPU (AMD APM vol. 2, appendix A).</summary>
internal static class SwitchedMsr
{
    internal const uint SysenterCs = (uint)Msr.SysenterCs, SysenterEsp = (uint)Msr.SysenterEsp, SysenterEip = (uint)Msr.SysenterEip;
    internal const uint Star = (uint)Msr.Star, LStar = (uint)Msr.LStar, CStar = (uint)Msr.CStar, SfMask = (uint)Msr.SfMask;
    internal const uint FsBase = (uint)Msr.FsBase, GsBase = (uint)Msr.GsBase, KernelGsBase = (uint)Msr.KernelGsBase, TscAux = (uint)Msr.TscAux;

    /// <summary>Those in the VMCB: guests use them without an exit.</summary>
    internal static ReadOnlySpan<uint> ByVmload =>
    [
        SysenterCs, SysenterEsp, SysenterEip, Star, LStar, CStar, SfMask, FsBase, GsBase, KernelGsBase,
    ];
}
