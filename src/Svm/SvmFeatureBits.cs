using System;

namespace Lamina.Svm;

/// <summary>What an implementation of SVM can do: CPUID 8000_000A EDX (AMD APM vol. 3, E.4.9).</summary>
[Flags]
public enum SvmFeatureBits : uint
{
    /// <summary>Nested paging.</summary>
    NestedPaging = 1 << 0,
    /// <summary>LBR virtualization.</summary>
    LastBranchVirtualization = 1 << 1,
    /// <summary>SVM lock: VM_CR says who may enable SVM.</summary>
    SvmLock = 1 << 2,
    /// <summary>Next-RIP save.</summary>
    NextRipSave = 1 << 3,
    /// <summary>TSC ratio MSR.</summary>
    TscRatio = 1 << 4,
    /// <summary>VMCB clean bits.</summary>
    VmcbClean = 1 << 5,
    /// <summary>Flush by ASID.</summary>
    FlushByAsid = 1 << 6,
    /// <summary>Decode assists.</summary>
    DecodeAssists = 1 << 7,
    /// <summary>PAUSE filter.</summary>
    PauseFilter = 1 << 10,
    /// <summary>PAUSE filter threshold.</summary>
    PauseFilterThreshold = 1 << 12,
    /// <summary>AVIC: the virtual interrupt controller in hardware.</summary>
    Avic = 1 << 13,
    /// <summary>Virtual GIF.</summary>
    VirtualGif = 1 << 16,
    /// <summary>Virtual NMI.</summary>
    VirtualNmi = 1 << 25,
}
