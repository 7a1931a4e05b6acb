using Lamina.Core;

namespace Lamina.Svm;

/// <summary>
/// The rules that VMRUN checks (AMD APM vol. 2, 15.5.1, "Canonicalization and Consistency Checks"), to say which one a refused VMCB breaks. Pure.
/// Rules that depend on the CPU (how many bits a physical address has, which CR4 bits there are) are taken at the architecture's limits.
/// </summary>
public static class VmcbChecker
{
    private const ulong High32 = 0xFFFF_FFFF_0000_0000;
    private const ulong BeyondPhysical = 0xFFF0_0000_0000_0000;
    private const ulong PageOffset = 0xFFF;

    private const Efer KnownEfer = Efer.SystemCallExtensions | Efer.LongModeEnable | Efer.LongModeActive | Efer.NoExecuteEnable
        | Efer.SecureVirtualMachineEnable | Efer.LongModeSegmentLimitEnable | Efer.FastFxsaveRestore | Efer.TranslationCacheExtension
        | (Efer)(MemoryCommit | InterruptibleWriteBack | UpperAddressIgnore | AutomaticIbrs);

    // Bits of EFER that Core has no name for, as guests are never shown them (AMD APM vol. 2, 3.1.7).
    private const ulong MemoryCommit = 1 << 17, InterruptibleWriteBack = 1 << 18, UpperAddressIgnore = 1 << 20, AutomaticIbrs = 1 << 21;

    private const Cr4 KnownCr4 = Cr4.Virtual8086Extensions | Cr4.ProtectedVirtualInterrupts | Cr4.TimeStampDisable | Cr4.DebuggingExtensions
        | Cr4.PageSizeExtensions | Cr4.PhysicalAddressExtension | Cr4.MachineCheckEnable | Cr4.PageGlobalEnable | Cr4.PerformanceCounterEnable
        | Cr4.OsFxsr | Cr4.OsXmmExceptions | Cr4.UserModeInstructionPrevention | Cr4.LinearAddress57 | Cr4.FsGsBase | Cr4.ProcessContextIdentifiers
        | Cr4.OsXsave | Cr4.SupervisorExecutionPrevention | Cr4.SupervisorAccessPrevention | Cr4.ProtectionKeyEnable | Cr4.ControlFlowEnforcement;

    /// <summary>The first rule that the VMCB breaks, in words; null when it breaks none that is known here.</summary>
    public static string? FindBrokenRule(in Vmcb vmcb) => FindInState(vmcb.State) ?? FindInControl(vmcb.Control);

    private static string? FindInState(in VmcbStateSaveArea state)
    {
        var (cr0, cr4, efer) = (state.Cr0, state.Cr4, state.Efer);
        if ((efer & Efer.SecureVirtualMachineEnable) == 0) return "EFER.SVME is 0";
        if ((efer & ~KnownEfer) != 0) return "EFER has a reserved bit set";
        if ((cr0 & Cr0.CacheDisable) == 0 && (cr0 & Cr0.NotWriteThrough) != 0) return "CR0.NW is set without CR0.CD";
        if (((ulong)cr0 & High32) != 0) return "CR0 has one of bits 32 to 63 set";
        if ((cr4 & ~KnownCr4) != 0) return "CR4 has a reserved bit set";
        if ((state.Dr6 & High32) != 0) return "DR6 has one of bits 32 to 63 set";
        if ((state.Dr7 & High32) != 0) return "DR7 has one of bits 32 to 63 set";
        if ((efer & Efer.LongModeEnable) != 0 && (cr0 & Cr0.Paging) != 0)
        {
            if ((state.Cr3 & BeyondPhysical) != 0) return "CR3 has one of bits 52 to 63 set";
            if ((cr4 & Cr4.PhysicalAddressExtension) == 0) return "EFER.LME and CR0.PG are set without CR4.PAE";
            if ((cr0 & Cr0.ProtectionEnable) == 0) return "EFER.LME and CR0.PG are set without CR0.PE";
            if (state.Cs.Has(SegmentAttributes.Long | SegmentAttributes.Default32)) return "CS.L and CS.D are both set in long mode";
        }
        return GuestMsrs.IsPat(state.Pat) ? null : "G_PAT holds a memory type that does not exist";
    }

    private static string? FindInControl(in VmcbControlArea control)
    {
        if ((control.SvmIntercepts & SvmIntercepts.Vmrun) == 0) return "VMRUN is not intercepted";
        if (control.Asid == 0) return "the ASID is 0";
        if ((control.MsrPermissionMap & BeyondPhysical) != 0) return "the MSR permission map lies beyond physical memory";
        if ((control.IoPermissionMap & BeyondPhysical) != 0) return "the I/O permission map lies beyond physical memory";
        if ((control.NestedPaging & NestedPagingControl.Enable) != 0 && (control.NestedCr3 & (BeyondPhysical | PageOffset)) != 0)
            return "N_CR3 is not the address of a page";
        return FindInEvent(control.InjectedEvent);
    }

    /// <summary>AMD APM vol. 2, 15.20: types 1 and 5 to 7 are reserved; an exception has one of the vectors 0 to 31, and is not that of the NMI.</summary>
    private static string? FindInEvent(EventInjection injection)
    {
        if (!injection.IsValid) return null;
        var kind = injection.Kind;
        if (kind is not (EventKind.Interrupt or EventKind.NonMaskableInterrupt or EventKind.Exception or EventKind.SoftwareInterrupt))
            return "EVENTINJ has a reserved type";
        if (kind == EventKind.Exception && injection.Vector is (byte)ExceptionVector.NonMaskableInterrupt or > 31)
            return "EVENTINJ is an exception of a vector that is none";
        return null;
    }
}
