using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>VM-execution, VM-exit and VM-entry controls (Intel SDM vol. 3, 27.2.1). A broken rule is instruction error 7.</summary>
public static partial class VmcsChecker
{
    private const uint MsrEntrySize = 16, DescriptorSize = 64;
    private const uint TprThresholdMask = 0xF, LastVector = 0xFF, LastException = 31, LongestInstruction = 15;
    private const uint EventReserved = 0x7FFF_F000, ErrorCodeReserved = 0xFFFF_0000;
    private const SecondaryControls NeedTprShadow = SecondaryControls.VirtualizeX2Apic | SecondaryControls.ApicRegisterVirtualization
        | SecondaryControls.VirtualInterruptDelivery;
    private const SecondaryControls NeedEpt =
        SecondaryControls.UnrestrictedGuest | SecondaryControls.ModeBasedExecute | SecondaryControls.EnablePageModificationLog;

    private static string? FindInControls(Vmcs vmcs, VmxFeatures features) => FindUnsupported(vmcs, features)
        ?? FindInPrimary(vmcs, features) ?? FindInInterrupts(vmcs, features) ?? FindInSecondary(vmcs, features) ?? FindInLists(vmcs, features)
        ?? FindInEvent(vmcs, features);

    private static string? FindUnsupported(Vmcs vmcs, VmxFeatures features)
    {
        if (!features.Pin.Accepts((uint)Pin(vmcs))) return "the pin-based controls have a bit that the CPU does not allow";
        if (!features.Primary.Accepts((uint)Primary(vmcs))) return "the primary processor-based controls have a bit that the CPU does not allow";
        if (!features.Secondary.Accepts((uint)Secondary(vmcs)) && (Primary(vmcs) & PrimaryControls.ActivateSecondaryControls) != 0)
            return "the secondary processor-based controls have a bit that the CPU does not allow";
        if (!features.Exit.Accepts((uint)Exit(vmcs))) return "the VM-exit controls have a bit that the CPU does not allow";
        return features.Entry.Accepts((uint)Entry(vmcs)) ? null : "the VM-entry controls have a bit that the CPU does not allow";
    }

    private static string? FindInPrimary(Vmcs vmcs, VmxFeatures features)
    {
        if (vmcs.Read(VmcsField32.Cr3TargetCount) > features.Cr3Targets) return "the CR3-target count is larger than the CPU has targets";
        var primary = Primary(vmcs);
        if ((primary & PrimaryControls.UseIoBitmaps) != 0
            && (!IsPage(VmcsField64.IoBitmapA, vmcs, features) || !IsPage(VmcsField64.IoBitmapB, vmcs, features)))
            return "an I/O bitmap is not at the address of a page";
        if ((primary & PrimaryControls.UseMsrBitmaps) != 0 && !IsPage(VmcsField64.MsrBitmap, vmcs, features))
            return "the MSR bitmap is not at the address of a page";
        if ((primary & PrimaryControls.UseTprShadow) == 0)
            return (Secondary(vmcs) & NeedTprShadow) != 0 ? "APIC virtualization is on without a TPR shadow" : null;
        if (!IsPage(VmcsField64.VirtualApicAddress, vmcs, features)) return "the virtual-APIC page is not at the address of a page";
        return (Secondary(vmcs) & SecondaryControls.VirtualInterruptDelivery) == 0 && (vmcs.Read(VmcsField32.TprThreshold) & ~TprThresholdMask) != 0
            ? "the TPR threshold is above 15" : null;
    }

    private static string? FindInInterrupts(Vmcs vmcs, VmxFeatures features)
    {
        var (pin, secondary) = (Pin(vmcs), Secondary(vmcs));
        if ((pin & PinControls.NmiExiting) == 0 && (pin & PinControls.VirtualNmis) != 0) return "virtual NMIs are on without NMI exiting";
        if ((pin & PinControls.VirtualNmis) == 0 && (Primary(vmcs) & PrimaryControls.NmiWindowExiting) != 0)
            return "NMI-window exiting is on without virtual NMIs";
        if ((pin & PinControls.ActivatePreemptionTimer) == 0 && (Exit(vmcs) & ExitControls.SavePreemptionTimer) != 0)
            return "the preemption timer is saved at exits but not activated";
        bool delivers = (secondary & SecondaryControls.VirtualInterruptDelivery) != 0;
        if (delivers && (pin & PinControls.ExternalInterruptExiting) == 0) return "virtual interrupts are delivered without external-interrupt exiting";
        if ((pin & PinControls.ProcessPostedInterrupts) == 0) return null;
        if (!delivers) return "posted interrupts are processed without virtual-interrupt delivery";
        if ((Exit(vmcs) & ExitControls.AcknowledgeInterrupt) == 0) return "posted interrupts are processed without acknowledging interrupts at exits";
        if (vmcs.Read(VmcsField16.PostedInterruptVector) > LastVector) return "the posted-interrupt vector is above 255";
        return IsAddress(vmcs.Read(VmcsField64.PostedInterruptDescriptorAddress), DescriptorSize, features)
            ? null : "the posted-interrupt descriptor is not at a multiple of 64 in physical memory";
    }

    private static string? FindInSecondary(Vmcs vmcs, VmxFeatures features)
    {
        var secondary = Secondary(vmcs);
        if ((secondary & SecondaryControls.VirtualizeApicAccesses) != 0)
        {
            if ((secondary & SecondaryControls.VirtualizeX2Apic) != 0) return "both xAPIC accesses and x2APIC mode are virtualized";
            if (!IsPage(VmcsField64.ApicAccessAddress, vmcs, features)) return "the APIC-access page is not at the address of a page";
        }
        if ((secondary & SecondaryControls.EnableVpid) != 0 && vmcs.Read(VmcsField16.Vpid) == 0) return "the VPID is 0";
        if ((secondary & SecondaryControls.EnableEpt) == 0)
            return (secondary & NeedEpt) != 0 ? "a control that needs EPT is on without it (unrestricted guest, page-modification log)" : null;
        var pointer = new EptPointer(vmcs.Read(VmcsField64.EptPointer));
        if (!pointer.IsWellFormed) return "the EPT pointer does not say four levels of write-back memory, or has a reserved bit set";
        if (pointer.HasAccessedAndDirty && !features.Has(EptVpidCapabilities.AccessedAndDirty))
            return "the EPT pointer asks for accessed and dirty bits, which the CPU does not have";
        if (IsBeyond(pointer.Root, features.PhysicalAddressBits)) return "the EPT pointer lies beyond physical memory";
        return (secondary & SecondaryControls.VmcsShadowing) != 0
            && (!IsPage(VmcsField64.VmreadBitmap, vmcs, features) || !IsPage(VmcsField64.VmwriteBitmap, vmcs, features))
            ? "a VMREAD or VMWRITE bitmap is not at the address of a page" : null;
    }

    /// <summary>27.2.1.2 and 27.2.1.3: the lists of MSRs.</summary>
    private static string? FindInLists(Vmcs vmcs, VmxFeatures features)
    {
        if (!IsList(VmcsField32.ExitMsrStoreCount, VmcsField64.ExitMsrStoreAddress, vmcs, features))
            return "the list of MSRs that an exit stores is not at a multiple of 16 in physical memory";
        if (!IsList(VmcsField32.ExitMsrLoadCount, VmcsField64.ExitMsrLoadAddress, vmcs, features))
            return "the list of MSRs that an exit loads is not at a multiple of 16 in physical memory";
        if (!IsList(VmcsField32.EntryMsrLoadCount, VmcsField64.EntryMsrLoadAddress, vmcs, features))
            return "the list of MSRs that an entry loads is not at a multiple of 16 in physical memory";
        return (Entry(vmcs) & (EntryControls.EntryToSmm | EntryControls.DeactivateDualMonitor)) != 0
            ? "an entry to SMM, or the end of its dual-monitor treatment, is asked for outside of SMM" : null;
    }

    /// <summary>27.2.1.3: the event that is injected.</summary>
    private static string? FindInEvent(Vmcs vmcs, VmxFeatures features)
    {
        var injected = Injected(vmcs);
        if (!injected.IsValid) return null;
        var type = injected.Type;
        if ((byte)type == 1 || (type == EventType.Other && !features.Allows(PrimaryControls.MonitorTrapFlag)))
            return "the injected event has a reserved type";
        if ((type == EventType.NonMaskableInterrupt && injected.Vector != (byte)ExceptionVector.NonMaskableInterrupt)
            || (type == EventType.HardwareException && injected.Vector > LastException) || (type == EventType.Other && injected.Vector != 0))
            return "the injected event has a vector that its type does not have";
        if ((injected.Value & EventReserved) != 0) return "the injected event has a reserved bit set";
        if (FindInErrorCode(injected, vmcs, features) is { } rule) return rule;
        if (type is not (EventType.SoftwareInterrupt or EventType.PrivilegedSoftwareException or EventType.SoftwareException)) return null;
        uint length = vmcs.Read(VmcsField32.EntryInstructionLength);
        return length > LongestInstruction || (length == 0 && !features.AllowsZeroLength)
            ? "the injected software event has an instruction length that no instruction has" : null;
    }

    private static string? FindInErrorCode(EventInformation injected, Vmcs vmcs, VmxFeatures features)
    {
        bool realMode = (Secondary(vmcs) & SecondaryControls.UnrestrictedGuest) != 0
            && (vmcs.Read(VmcsFieldNatural.GuestCr0) & (ulong)Cr0.ProtectionEnable) == 0;
        bool isException = injected.Type == EventType.HardwareException && !realMode;
        bool hasOne = isException && (ExceptionVector)injected.Vector is ExceptionVector.DoubleFault
            or (>= ExceptionVector.InvalidTaskState and <= ExceptionVector.PageFault) or ExceptionVector.AlignmentCheck;
        if (injected.HasErrorCode && !isException) return "the injected event has an error code though it is no exception, or the guest is in real mode";
        if (!features.AllowsAnyErrorCode && injected.HasErrorCode != hasOne) return "the injected exception has an error code and its vector none, or the reverse";
        return injected.HasErrorCode && (vmcs.Read(VmcsField32.EntryExceptionErrorCode) & ErrorCodeReserved) != 0
            ? "the injected exception's error code has one of bits 16 to 31 set" : null;
    }

    private static bool IsPage(VmcsField64 field, Vmcs vmcs, VmxFeatures features) => IsAddress(vmcs.Read(field), PageOffset + 1, features);

    private static bool IsList(VmcsField32 count, VmcsField64 field, Vmcs vmcs, VmxFeatures features)
    {
        ulong entries = vmcs.Read(count);
        if (entries == 0) return true;
        ulong address = vmcs.Read(field);
        return IsAddress(address, MsrEntrySize, features) && IsAddress(address + (entries - 1) * MsrEntrySize, MsrEntrySize, features);
    }
}
