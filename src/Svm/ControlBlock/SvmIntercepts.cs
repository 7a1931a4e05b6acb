using System;

namespace Lamina.Svm;

/// <summary>Intercepts, vector 4 (AMD APM vol. 2, table B-1, offset 010h).</summary>
[Flags]
public enum SvmIntercepts : uint
{
    /// <summary>VMRUN. It must be intercepted.</summary>
    Vmrun = 1 << 0,
    /// <summary>VMMCALL.</summary>
    Vmmcall = 1 << 1,
    /// <summary>VMLOAD.</summary>
    Vmload = 1 << 2,
    /// <summary>VMSAVE.</summary>
    Vmsave = 1 << 3,
    /// <summary>STGI.</summary>
    Stgi = 1 << 4,
    /// <summary>CLGI.</summary>
    Clgi = 1 << 5,
    /// <summary>SKINIT.</summary>
    Skinit = 1 << 6,
    /// <summary>WBINVD and WBNOINVD.</summary>
    WriteBackCaches = 1 << 9,
    /// <summary>MONITOR.</summary>
    Monitor = 1 << 10,
    /// <summary>MWAIT.</summary>
    Mwait = 1 << 11,
    /// <summary>XSETBV.</summary>
    SetXcr = 1 << 13,
    /// <summary>RDPRU.</summary>
    ReadProcessorRegister = 1 << 14,

    /// <summary>All instructions of SVM itself.</summary>
    Virtualization = Vmrun | Vmmcall | Vmload | Vmsave | Stgi | Clgi | Skinit,
}
