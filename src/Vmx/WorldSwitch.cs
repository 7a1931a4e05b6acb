using System.Runtime;
using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>The seam to WorldSwitch.asm. On the host these methods cannot be called. All addresses are HVAs unless said otherwise.</summary>
internal static unsafe class WorldSwitch
{
    /// <summary>Runs the guest of the current VMCS until it exits. <paramref name="resume"/>: it was entered since its VMCLEAR.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxEnter")]
    internal static extern EntryResult Enter(ref GeneralRegisters registers, ref ExitFields fields, VectorRegisters* vectors, ulong resume);

    /// <summary>Where VM exits come back to.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxGetExitPoint")]
    internal static extern ulong GetExitPoint();

    /// <summary>Calls <see cref="VmxBackend.RunTurn"/>. True when it faulted.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxRunGuarded")]
    internal static extern bool RunGuarded(ref Turn<VmxBackend> turn, ref RecoveryPoint recovery);

    /// <summary>VMXON with a region's HPA.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxOn")]
    internal static extern bool On(ulong region);

    /// <summary>VMCLEAR of a VMCS (HPA).</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxClear")]
    internal static extern bool Clear(ulong vmcs);

    /// <summary>VMPTRLD of a VMCS (HPA).</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxSelect")]
    internal static extern bool Select(ulong vmcs);

    /// <summary>VMREAD; 0 when the CPU has no such field.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxRead")]
    internal static extern ulong Read(ulong encoding);

    /// <summary>VMWRITE; false when the CPU has no such field.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxWrite")]
    internal static extern bool Write(ulong encoding, ulong value);

    /// <summary>INVEPT.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxInvalidateEpt")]
    internal static extern bool InvalidateEpt(InvalidationType type, ulong eptPointer);

    /// <summary>INVVPID.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxInvalidateVpid")]
    internal static extern bool InvalidateVpid(InvalidationType type, ulong vpid);

    /// <summary>Stops the machine with a report.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxStop")]
    internal static extern void Stop();

    /// <summary>An NMI, consumed by the exit, goes through the host's own IDT.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxTakeNmi")]
    internal static extern void TakeNmi();

    /// <summary>CR0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxGetCr0")]
    internal static extern Cr0 GetCr0();

    /// <summary>Sets CR0.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxSetCr0")]
    internal static extern void SetCr0(Cr0 value);

    /// <summary>CR2, which is in no VMCS.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxGetCr2")]
    internal static extern ulong GetCr2();

    /// <summary>Sets CR2.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxSetCr2")]
    internal static extern void SetCr2(ulong value);

    /// <summary>CR3 (HPA of the host's root table).</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxGetCr3")]
    internal static extern ulong GetCr3();

    /// <summary>CR4.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxGetCr4")]
    internal static extern Cr4 GetCr4();

    /// <summary>Sets CR4.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxSetCr4")]
    internal static extern void SetCr4(Cr4 value);

    /// <summary>DR6, which is in no VMCS.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxGetDr6")]
    internal static extern ulong GetDr6();

    /// <summary>Sets DR6.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxSetDr6")]
    internal static extern void SetDr6(ulong value);

    /// <summary>The host's descriptor tables and selectors.</summary>
    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "VmxGetSelectors")]
    internal static extern void GetSelectors(out HostSelectors selectors);
}
