using System;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>The numbers of the MSRs that are switched with a vCPU (Intel SDM vol. 4, table 2-2).</summary>
internal static class SwitchedMsr
{
    internal const uint SysenterCs = (uint)Msr.SysenterCs, SysenterEsp = (uint)Msr.SysenterEsp, SysenterEip = (uint)Msr.SysenterEip;
    internal const uint Star = (uint)Msr.Star, LStar = (uint)Msr.LStar, CStar = (uint)Msr.CStar, SfMask = (uint)Msr.SfMask;
    internal const uint FsBase = (uint)Msr.FsBase, GsBase = (uint)Msr.GsBase, KernelGsBase = (uint)Msr.KernelGsBase, TscAux = (uint)Msr.TscAux;

    /// <summary>Those in the VMCS.</summary>
    internal static ReadOnlySpan<uint> InVmcs => [SysenterCs, SysenterEsp, SysenterEip, FsBase, GsBase];

    /// <summary>
    /// Those that neither the VMCS nor the host uses: they stay in the CPU until another vCPU is entered there. In the order of
    /// <see cref="VmxVcpuState"/>'s copies of them.
    /// </summary>
    internal static ReadOnlySpan<uint> Lazy => [Star, LStar, CStar, SfMask, KernelGsBase];

    /// <summary>Where an MSR is in <see cref="Lazy"/>; -1 when it is not there.</summary>
    internal static int LazyIndexOf(uint msr)
    {
        var lazy = Lazy;
        for (int i = 0; i < lazy.Length; i++)
            if (lazy[i] == msr) return i;
        return -1;
    }
}
