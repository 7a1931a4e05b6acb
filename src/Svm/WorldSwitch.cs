using System.Runtime;
using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Svm;

/// <summary>The seam to WorldSwitch.asm. On the host these methods cannot be called. All addresses are HVAs unless said otherwise.</summary>
internal static unsafe class WorldSwitch
{
    /// <summary>Runs the guest until it exits. Both VMCBs are given by their HPA.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SvmEnter")]
    internal static extern void Enter(ref GeneralRegisters registers, ulong vmcb, VectorRegisters* vectors, ulong hostVmcb);

    /// <summary>VMSAVE: keeps the host's FS, GS, TR, LDTR and system-call MSRs in a VMCB (HPA).</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SvmSaveHost")]
    internal static extern void SaveHost(ulong hostVmcb);

    /// <summary>XSETBV of XCR0; the value was checked.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SvmSetXcr0")]
    internal static extern void SetXcr0(ulong value);

    /// <summary>XGETBV of XCR0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SvmGetXcr0")]
    internal static extern ulong GetXcr0();

    /// <summary>XSAVE of <paramref name="components"/>, or FXSAVE when they are 0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SvmSaveExtendedState")]
    internal static extern void SaveExtendedState(SwitchedState* area, ulong components);

    /// <summary>XRSTOR of <paramref name="components"/>, then XCR0 of the guest; or FXRSTOR when they are 0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SvmLoadExtendedState")]
    internal static extern void LoadExtendedState(SwitchedState* area, ulong components, ulong xcr0);

    /// <summary>Stores DR0 to DR3.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SvmSaveDebugAddresses")]
    internal static extern void SaveDebugAddresses(ulong* four);

    /// <summary>Loads DR0 to DR3.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SvmLoadDebugAddresses")]
    internal static extern void LoadDebugAddresses(ulong* four);
}
