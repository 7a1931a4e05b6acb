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

    /// <summary>Calls <see cref="SvmBackend.RunTurn"/>. True when it faulted.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SvmRunGuarded")]
    internal static extern bool RunGuarded(ref Turn<SvmBackend> turn, ref RecoveryPoint recovery);

    /// <summary>CR2. VMRUN loads it from the VMCB as well (AMD APM vol. 2, 15.5.1), except in Bochs 2.7.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SvmSetCr2")]
    internal static extern void SetCr2(ulong value);

    /// <summary>VMSAVE: keeps the host's FS, GS, TR, LDTR and system-call MSRs in a VMCB (HPA).</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "SvmSaveHost")]
    internal static extern void SaveHost(ulong hostVmcb);
}
