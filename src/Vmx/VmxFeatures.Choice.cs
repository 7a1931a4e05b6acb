using System.Numerics;

namespace Lamina.Vmx;

/// <summary>Which controls a vCPU has, what stands in the way of that, and what the log says of it.</summary>
public sealed partial class VmxFeatures
{
    /// <summary>What of CPUID 1 EAX is neither reserved nor the processor's type.</summary>
    private const uint SignatureMask = 0x0FFF_0FFF;

    /// <summary>The pin-based controls of a vCPU.</summary>
    public PinControls PinControls { get; private set; }
    /// <summary>The primary processor-based controls of a vCPU; the windows are set besides when they are asked for.</summary>
    public PrimaryControls PrimaryControls { get; private set; }
    /// <summary>The secondary processor-based controls of a vCPU.</summary>
    public SecondaryControls SecondaryControls { get; private set; }
    /// <summary>The VM-exit controls of a vCPU.</summary>
    public ExitControls ExitControls { get; private set; }
    /// <summary>The VM-entry controls of a vCPU that is not in long mode.</summary>
    public EntryControls EntryControls { get; private set; }

    /// <summary>Whether vCPUs use all of <paramref name="controls"/>.</summary>
    public bool Uses(PinControls controls) => (PinControls & controls) == controls;
    /// <summary>Whether vCPUs use all of <paramref name="controls"/>.</summary>
    public bool Uses(PrimaryControls controls) => (PrimaryControls & controls) == controls;
    /// <summary>Whether vCPUs use all of <paramref name="controls"/>.</summary>
    public bool Uses(SecondaryControls controls) => (SecondaryControls & controls) == controls;

    /// <summary>
    /// Whether hardware delivers a local APIC's interrupts; vCPUs use it while theirs is enabled, and with it in x2APIC mode the virtual APIC registers.
    /// </summary>
    public bool DeliversInterrupts => _deliversInterrupts && Uses(PrimaryControls.UseTprShadow) && Allows(SecondaryControls.VirtualInterruptDelivery);

    /// <summary>Whether translations that a VPID is tagged with can be dropped.</summary>
    private bool CanInvalidateVpids => Has(EptVpidCapabilities.Invvpid | EptVpidCapabilities.InvvpidAll);

    /// <summary>
    /// Processors whose preemption timer does not count at the rate that IA32_VMX_MISC names (an erratum of Nehalem, Westmere and the first
    /// Ivy Bridge), by family, model and stepping as CPUID 1 EAX has them.
    /// </summary>
    private static bool HasFaultyPreemptionTimer(uint signature) => (signature & SignatureMask) is
        0x106A0 or 0x106A1 or 0x106A4 or 0x106A5 or 0x106E5 or 0x20652 or 0x20655 or 0x206E6 or 0x306A8;

    /// <summary>CR8 exits, unless there is a TPR shadow and it is wanted.</summary>
    private PrimaryControls NeededPrimary => (VcpuControls.WantedPrimary & PrimaryControls.UseTprShadow) != 0 && Allows(PrimaryControls.UseTprShadow)
        ? VcpuControls.NeededPrimary
        : VcpuControls.NeededPrimary | VcpuControls.TaskPriorityExiting;

    private void Choose()
    {
        var wantedPin = HasFaultyPreemptionTimer(Signature) ? VcpuControls.WantedPin & ~PinControls.ActivatePreemptionTimer : VcpuControls.WantedPin;
        Pin.TryChoose((uint)VcpuControls.NeededPin, (uint)wantedPin, out uint pin);
        Primary.TryChoose((uint)NeededPrimary, (uint)VcpuControls.WantedPrimary, out uint primary);
        var wanted = CanInvalidateVpids ? VcpuControls.WantedSecondary : VcpuControls.WantedSecondary & ~SecondaryControls.EnableVpid;
        Secondary.TryChoose((uint)VcpuControls.NeededSecondary, (uint)wanted, out uint secondary);
        Exit.TryChoose((uint)VcpuControls.NeededExit, (uint)VcpuControls.WantedExit, out uint exit);
        Entry.TryChoose((uint)VcpuControls.NeededEntry, 0, out uint entry);
        PinControls = (PinControls)pin;
        PrimaryControls = (PrimaryControls)primary;
        SecondaryControls = (SecondaryControls)secondary;
        ExitControls = (ExitControls)exit;
        EntryControls = (EntryControls)entry;
    }

    /// <summary>What stands in the way of running guests, in words; null when nothing does.</summary>
    public string? FindObstacle()
    {
        if (!Allows(SecondaryControls.EnableEpt))
            return "this CPU has VT-x without EPT (IA32_VMX_PROCBASED_CTLS2 bit 33 is clear); Lamina needs EPT";
        if (!Has(EptVpidCapabilities.FourLevels | EptVpidCapabilities.WriteBack))
            return "this CPU's EPT has no tables of four levels in write-back memory (IA32_VMX_EPT_VPID_CAP bits 6 and 14); Lamina needs them";
        if (!Has(EptVpidCapabilities.Invept | EptVpidCapabilities.InveptAll))
            return "this CPU has EPT without INVEPT of all contexts (IA32_VMX_EPT_VPID_CAP bits 20 and 26); Lamina needs it";
        return FindMissing(Pin, (uint)VcpuControls.NeededPin, "pin-based controls (IA32_VMX_", "PINBASED_CTLS)")
            ?? FindMissing(Primary, (uint)(NeededPrimary | VcpuControls.Windows), "primary processor-based controls (IA32_VMX_", "PROCBASED_CTLS)")
            ?? FindMissing(Exit, (uint)VcpuControls.NeededExit, "VM-exit controls (IA32_VMX_", "EXIT_CTLS)")
            ?? FindMissing(Entry, (uint)(VcpuControls.NeededEntry | EntryControls.Ia32eModeGuest), "VM-entry controls (IA32_VMX_", "ENTRY_CTLS)")
            ?? FindUnserved()
            ?? Switched.FindObstacle();
    }

    /// <summary>For the log: what is used, what is there and left alone, and what is missed.</summary>
    public string Describe() => (LargestPageLevel == 3 ? "EPT with 1 GiB pages" : "EPT without 1 GiB pages")
        + string.Concat(Say(", execute-only pages ", Has(EptVpidCapabilities.ExecuteOnly), true),
            Say(", accessed and dirty bits ", Has(EptVpidCapabilities.AccessedAndDirty), true))
        + string.Concat(Say(", unrestricted guest ", SecondaryControls.UnrestrictedGuest), Say(", VPID ", SecondaryControls.EnableVpid),
            Say(", PAUSE-loop exiting ", SecondaryControls.PauseLoopExiting), Say(", TPR shadow ", PrimaryControls.UseTprShadow))
        + string.Concat(
            Say(", virtual APIC registers ", Allows(SecondaryControls.VirtualizeX2Apic | SecondaryControls.ApicRegisterVirtualization), DeliversInterrupts),
            Say(", virtual interrupt delivery ", Allows(SecondaryControls.VirtualInterruptDelivery), DeliversInterrupts),
            Say(", posted interrupts ", PinControls.ProcessPostedInterrupts), Say(", preemption timer ", PinControls.ActivatePreemptionTimer))
        + string.Concat(Say(", monitor trap flag ", PrimaryControls.MonitorTrapFlag),
            Say(", page-modification log ", SecondaryControls.EnablePageModificationLog), Say(", TSC scaling ", SecondaryControls.UseTscScaling),
            Say(", mode-based execution ", SecondaryControls.ModeBasedExecute))
        + (Uses(SecondaryControls.UnrestrictedGuest) ? "" : "; without unrestricted guest no guest can start in real mode");

    private string Say(string feature, PinControls control) => Say(feature, Allows(control), Uses(control));

    private string Say(string feature, PrimaryControls control) => Say(feature, Allows(control), Uses(control));

    private string Say(string feature, SecondaryControls control) => Say(feature, Allows(control), Uses(control));

    private static string Say(string feature, bool there, bool used) => feature + (!there ? "no" : used ? "yes" : "not used");

    private string? FindMissing(ControlCapability capability, uint needed, string field, string msr) => capability.Allows(needed)
        ? null
        : "this CPU's VT-x lacks a control that Lamina needs: " + Locate(needed & ~capability.Allowed, field, msr) + " cannot be 1";

    private string? FindUnserved()
    {
        uint unserved = Primary.Required & (uint)VcpuControls.UnservedPrimary;
        return unserved == 0
            ? null
            : "this CPU's VT-x is older than Lamina needs: " + Locate(unserved, "primary processor-based controls (IA32_VMX_", "PROCBASED_CTLS)")
                + " cannot be 0; Lamina needs CR3 accesses, INVLPG, MOV DR and RDTSC to run without exits";
    }

    private string Locate(uint bits, string field, string msr) => string.Concat(
        "bit ", BitOperations.TrailingZeroCount(bits).ToString(), " of the ", field) + (HasTrueControls ? "TRUE_" : "") + msr;
}
