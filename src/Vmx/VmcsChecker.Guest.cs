using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>
/// The guest's state but for its segments (Intel SDM vol. 3, 27.3.1.1 and 27.3.1.3 to 27.3.1.6). A broken rule is exit reason 33.
/// </summary>
public static partial class VmcsChecker
{
    private const ulong KnownDebugControl = 0xFFC7;
    private const ulong KnownRflags = 0x3F_7FD7;
    private const ulong PendingReserved = ~0x1_500FUL;
    private const ulong PendingSingleStep = 1 << 14;
    private const ulong BranchTrace = 1 << 1;
    private const ulong NoLink = ulong.MaxValue;
    private const ulong PdptePresent = 1, PdpteReserved = 0x1E6;
    private const Interruptibility KnownInterruptibility = Interruptibility.BlockedBySti | Interruptibility.BlockedByMovSs
        | Interruptibility.BlockedBySmi | Interruptibility.BlockedByNmi | Interruptibility.EnclaveInterruption;

    private static string? FindInGuest(Vmcs vmcs, VmxFeatures features, ref string subject) => FindInRegisters(vmcs, features) ?? FindInGuestMsrs(vmcs, features)
        ?? FindInSegments(vmcs, features, ref subject) ?? FindInFlow(vmcs, features) ?? FindInActivity(vmcs, features) ?? FindInInterruptibility(vmcs)
        ?? FindInPending(vmcs) ?? FindInTables(vmcs, features);

    private static bool IsLongMode(Vmcs vmcs) => (Entry(vmcs) & EntryControls.Ia32eModeGuest) != 0;

    private static bool IsUnrestricted(Vmcs vmcs) => (Secondary(vmcs) & SecondaryControls.UnrestrictedGuest) != 0;

    private static Cr0 GuestCr0(Vmcs vmcs) => (Cr0)vmcs.Read(VmcsFieldNatural.GuestCr0);

    private static Cr4 GuestCr4(Vmcs vmcs) => (Cr4)vmcs.Read(VmcsFieldNatural.GuestCr4);

    private static Rflags GuestRflags(Vmcs vmcs) => (Rflags)vmcs.Read(VmcsFieldNatural.GuestRflags);

    private static string? FindInRegisters(Vmcs vmcs, VmxFeatures features)
    {
        var (cr0, cr4) = (GuestCr0(vmcs), GuestCr4(vmcs));
        var required = IsUnrestricted(vmcs) ? features.Cr0Required & ~(Cr0.Paging | Cr0.ProtectionEnable) : features.Cr0Required;
        if (HasForbiddenBits(cr0, required, features)) return "the guest's CR0 has a bit that VMX operation does not allow";
        if ((cr0 & Cr0.Paging) != 0 && (cr0 & Cr0.ProtectionEnable) == 0) return "the guest's CR0.PG is set without CR0.PE";
        if (HasForbiddenBits(cr4, features)) return "the guest's CR4 has a bit that VMX operation does not allow";
        if (IsLongMode(vmcs))
        {
            if ((cr0 & Cr0.Paging) == 0) return "the guest is in long mode without CR0.PG";
            if ((cr4 & Cr4.PhysicalAddressExtension) == 0) return "the guest is in long mode without CR4.PAE";
        }
        else if ((cr4 & Cr4.ProcessContextIdentifiers) != 0)
        {
            return "the guest's CR4.PCIDE is set outside of long mode";
        }
        return IsBeyond(vmcs.Read(VmcsFieldNatural.GuestCr3), features.PhysicalAddressBits) ? "the guest's CR3 lies beyond physical memory" : null;
    }

    private static string? FindInGuestMsrs(Vmcs vmcs, VmxFeatures features)
    {
        var entry = Entry(vmcs);
        if ((entry & EntryControls.LoadDebugControls) != 0)
        {
            if ((vmcs.Read(VmcsField64.GuestDebugControl) & ~KnownDebugControl) != 0) return "the guest's DEBUGCTL has a reserved bit set";
            if ((vmcs.Read(VmcsFieldNatural.GuestDr7) & High32) != 0) return "the guest's DR7 has one of bits 32 to 63 set";
        }
        if (!IsCanonical(vmcs.Read(VmcsFieldNatural.GuestSysenterEsp), features) || !IsCanonical(vmcs.Read(VmcsFieldNatural.GuestSysenterEip), features))
            return "the guest's SYSENTER_ESP or SYSENTER_EIP is not canonical";
        if ((entry & EntryControls.LoadPat) != 0 && !GuestMsrs.IsPat(vmcs.Read(VmcsField64.GuestPat)))
            return "the guest's PAT holds a memory type that does not exist";
        if ((entry & EntryControls.LoadEfer) == 0) return null;
        var efer = (Efer)vmcs.Read(VmcsField64.GuestEfer);
        if (((ulong)efer & ~KnownEfer) != 0) return "the guest's EFER has a reserved bit set";
        bool active = (efer & Efer.LongModeActive) != 0, enabled = (efer & Efer.LongModeEnable) != 0;
        if (active != IsLongMode(vmcs)) return "the guest's EFER.LMA is not what the IA-32e mode guest control says";
        return (GuestCr0(vmcs) & Cr0.Paging) != 0 && active != enabled ? "the guest's EFER.LMA and LME differ with CR0.PG set" : null;
    }

    /// <summary>27.3.1.4.</summary>
    private static string? FindInFlow(Vmcs vmcs, VmxFeatures features)
    {
        ulong rip = vmcs.Read(VmcsFieldNatural.GuestRip);
        bool is64Bit = IsLongMode(vmcs) && Segment(SegmentNumber.Cs, vmcs).Has(SegmentAttributes.Long);
        if (!is64Bit && (rip & High32) != 0) return "the guest's RIP has one of bits 32 to 63 set outside of 64-bit mode";
        // Not quite "canonical": bit 47 (or 56) may differ from those above, and the fetch then faults.
        if (is64Bit && (long)rip >> features.LinearAddressBits is not (0 or -1)) return "the guest's RIP has upper bits that differ";
        var flags = GuestRflags(vmcs);
        if (((ulong)flags & ~KnownRflags) != 0 || (flags & Rflags.AlwaysOne) == 0) return "the guest's RFLAGS have a reserved bit set, or bit 1 clear";
        if ((flags & Rflags.Virtual8086) != 0 && (IsLongMode(vmcs) || (GuestCr0(vmcs) & Cr0.ProtectionEnable) == 0))
            return "the guest's RFLAGS.VM is set in long or real mode";
        return Injects(EventType.ExternalInterrupt, vmcs) && (flags & Rflags.InterruptEnable) == 0
            ? "an interrupt is injected with the guest's RFLAGS.IF clear" : null;
    }

    private static bool Injects(EventType type, Vmcs vmcs) => Injected(vmcs).IsValid && Injected(vmcs).Type == type;

    private static string? FindInActivity(Vmcs vmcs, VmxFeatures features)
    {
        var activity = (ActivityState)vmcs.Read(VmcsField32.GuestActivity);
        if (!features.Allows(activity)) return "the guest's activity state is one that the CPU does not have";
        if (activity == ActivityState.Active) return null;
        if (activity == ActivityState.Halted && Segment(SegmentNumber.Ss, vmcs).PrivilegeLevel != 0) return "the guest is halted, and not at CPL 0";
        if ((Blocked(vmcs) & (Interruptibility.BlockedBySti | Interruptibility.BlockedByMovSs)) != 0)
            return "the guest is not active, and blocked by STI or MOV SS";
        var injected = Injected(vmcs);
        return injected.IsValid && !Wakes(activity, injected) ? "an event is injected that the guest's activity state does not take" : null;
    }

    private static bool Wakes(ActivityState activity, EventInformation injected) => injected.Type switch
    {
        EventType.NonMaskableInterrupt => activity != ActivityState.WaitForStartup,
        EventType.ExternalInterrupt => activity == ActivityState.Halted,
        EventType.HardwareException when injected.Vector == (byte)ExceptionVector.MachineCheck => activity != ActivityState.WaitForStartup,
        EventType.HardwareException => activity == ActivityState.Halted && injected.Vector == (byte)ExceptionVector.Debug,
        EventType.Other => activity == ActivityState.Halted,
        _ => false,
    };

    private static Interruptibility Blocked(Vmcs vmcs) => (Interruptibility)vmcs.Read(VmcsField32.GuestInterruptibility);

    private static string? FindInInterruptibility(Vmcs vmcs)
    {
        const Interruptibility shadow = Interruptibility.BlockedBySti | Interruptibility.BlockedByMovSs;
        var blocked = Blocked(vmcs);
        if ((blocked & ~KnownInterruptibility) != 0) return "the guest's interruptibility has a reserved bit set";
        if ((blocked & shadow) == shadow) return "the guest is blocked both by STI and by MOV SS";
        if ((blocked & Interruptibility.BlockedBySti) != 0 && (GuestRflags(vmcs) & Rflags.InterruptEnable) == 0)
            return "the guest is blocked by STI with RFLAGS.IF clear";
        if ((blocked & shadow) != 0 && Injects(EventType.ExternalInterrupt, vmcs)) return "an interrupt is injected while the guest is blocked by STI or MOV SS";
        if ((blocked & Interruptibility.BlockedByMovSs) != 0 && Injects(EventType.NonMaskableInterrupt, vmcs))
            return "an NMI is injected while the guest is blocked by MOV SS";
        if ((blocked & Interruptibility.BlockedBySmi) != 0) return "the guest is blocked by SMI outside of SMM";
        if ((Pin(vmcs) & PinControls.VirtualNmis) != 0 && (blocked & Interruptibility.BlockedByNmi) != 0 && Injects(EventType.NonMaskableInterrupt, vmcs))
            return "an NMI is injected while the guest is blocked by NMI";
        return (blocked & Interruptibility.EnclaveInterruption) != 0 ? "the guest was interrupted in an enclave, which it cannot have" : null;
    }

    private static string? FindInPending(Vmcs vmcs)
    {
        ulong pending = vmcs.Read(VmcsFieldNatural.GuestPendingDebugExceptions);
        if ((pending & PendingReserved) != 0) return "the guest's pending debug exceptions have a reserved bit set";
        bool held = (Blocked(vmcs) & (Interruptibility.BlockedBySti | Interruptibility.BlockedByMovSs)) != 0
            || (ActivityState)vmcs.Read(VmcsField32.GuestActivity) == ActivityState.Halted;
        bool steps = (GuestRflags(vmcs) & Rflags.Trap) != 0 && (vmcs.Read(VmcsField64.GuestDebugControl) & BranchTrace) == 0;
        return held && steps != ((pending & PendingSingleStep) != 0)
            ? "the guest is held off by STI, MOV SS or HLT, and its pending debug exceptions do not say what RFLAGS.TF does" : null;
    }

    /// <summary>27.3.1.5, the link pointer; 27.3.1.6.</summary>
    private static string? FindInTables(Vmcs vmcs, VmxFeatures features)
    {
        ulong link = vmcs.Read(VmcsField64.VmcsLinkPointer);
        if (link != NoLink && !IsAddress(link, PageOffset + 1, features)) return "the VMCS link pointer is neither all ones nor the address of a page";
        bool isPae = (GuestCr0(vmcs) & Cr0.Paging) != 0 && (GuestCr4(vmcs) & Cr4.PhysicalAddressExtension) != 0 && !IsLongMode(vmcs);
        if (!isPae || (Secondary(vmcs) & SecondaryControls.EnableEpt) == 0) return null;
        for (var field = VmcsField64.GuestPdpte0; field <= VmcsField64.GuestPdpte3; field += 2)
        {
            ulong entry = vmcs.Read(field);
            if ((entry & PdptePresent) != 0 && ((entry & PdpteReserved) != 0 || IsBeyond(entry, features.PhysicalAddressBits)))
                return "a PDPTE of the guest has a reserved bit set";
        }
        return null;
    }
}
