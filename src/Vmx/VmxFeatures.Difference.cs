using System.Numerics;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>What another CPU of the same machine must have, as vCPUs go from one to another and are made for the first.</summary>
public sealed partial class VmxFeatures
{
    /// <summary>What is used of EPT and VPID, where it is there.</summary>
    private const EptVpidCapabilities UsedEptVpid = EptVpidCapabilities.ExecuteOnly | EptVpidCapabilities.FourLevels | EptVpidCapabilities.WriteBack
        | EptVpidCapabilities.Pages2M | EptVpidCapabilities.Pages1G | EptVpidCapabilities.AccessedAndDirty | EptVpidCapabilities.Invept
        | EptVpidCapabilities.InveptSingle | EptVpidCapabilities.InveptAll | EptVpidCapabilities.Invvpid | EptVpidCapabilities.InvvpidSingle
        | EptVpidCapabilities.InvvpidAll;

    /// <summary>What vCPUs set besides <see cref="SecondaryControls"/> while hardware delivers their interrupts.</summary>
    private SecondaryControls DeliveryControls
    {
        get
        {
            const SecondaryControls x2ApicRegisters = SecondaryControls.VirtualizeX2Apic | SecondaryControls.ApicRegisterVirtualization;
            if (!DeliversInterrupts) return 0;
            return SecondaryControls.VirtualInterruptDelivery | (Allows(x2ApicRegisters) ? x2ApicRegisters : 0);
        }
    }

    /// <summary>
    /// Why a CPU that has <paramref name="other"/> cannot be used as this one is, in words; null when it can. More than this one has does no harm.
    /// </summary>
    public string? FindDifference(VmxFeatures other) => FindLack(other) is { } lack ? SwitchedFeatures.Differs + lack : null;

    private string? FindLack(VmxFeatures other)
    {
        if (other.Revision != Revision) return "its VMCSs are of another revision (IA32_VMX_BASIC bits 0 to 30)";
        if (Uses(PinControls.ActivatePreemptionTimer)
            && (!other.Uses(PinControls.ActivatePreemptionTimer) || other.PreemptionTimerShift != PreemptionTimerShift))
            return "its preemption timer is missing, or counts at another rate (IA32_VMX_MISC bits 0 to 4)";
        ulong missing = (ulong)(EptVpid & UsedEptVpid & ~other.EptVpid);
        if (missing != 0)
            return "it lacks bit " + BitOperations.TrailingZeroCount(missing).ToString() + " of what EPT and VPID can do (IA32_VMX_EPT_VPID_CAP)";
        if ((other.Cr0Required & ~Cr0Required) != 0 || ((other.Cr4Required | ControlRegisters.SettableCr4(this)) & ~(Cr4Required | other.Cr4Allowed)) != 0)
            return "VMX operation allows less of CR0 and CR4 (IA32_VMX_CR0_FIXED0 to IA32_VMX_CR4_FIXED1)";
        return FindLack(other.Pin, (uint)PinControls, 0, "pin-based controls")
            ?? FindLack(other.Primary, (uint)PrimaryControls, (uint)VcpuControls.Windows, "primary processor-based controls")
            ?? FindLack(other.Secondary, (uint)SecondaryControls, (uint)DeliveryControls, "secondary processor-based controls")
            ?? FindLack(other.Exit, (uint)ExitControls, 0, "VM-exit controls")
            ?? FindLack(other.Entry, (uint)EntryControls, (uint)EntryControls.Ia32eModeGuest, "VM-entry controls")
            ?? Switched.FindLack(other.Switched);
    }

    private static string? FindLack(ControlCapability other, uint always, uint atTimes, string field)
    {
        uint missing = (always | atTimes) & ~other.Allowed, forced = other.Required & ~always;
        if ((missing | forced) == 0) return null;
        uint one = missing != 0 ? missing : forced;
        return string.Concat("bit ", BitOperations.TrailingZeroCount(one).ToString(), " of its ", field) + (missing != 0 ? " cannot be 1" : " cannot be 0");
    }
}
