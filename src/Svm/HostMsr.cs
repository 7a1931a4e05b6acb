using Lamina.Core;

namespace Lamina.Svm;

/// <summary>The MSRs by which SVM is enabled (AMD APM vol. 2, 15.4 and 15.30).</summary>
internal static class HostMsr
{
    /// <summary>EFER.</summary>
    internal const uint Efer = (uint)Msr.Efer;
    /// <summary>VM_CR.</summary>
    internal const uint VmCr = 0xC001_0114;
    /// <summary>VM_HSAVE_PA: HPA of the page in which VMRUN keeps the host's state.</summary>
    internal const uint VmHsavePa = 0xC001_0117;

    /// <summary>VM_CR.LOCK: SVMDIS cannot be changed.</summary>
    internal const ulong VmCrLock = 1 << 3;
    /// <summary>VM_CR.SVMDIS: EFER.SVME cannot be set.</summary>
    internal const ulong VmCrSvmDisabled = 1 << 4;
}
