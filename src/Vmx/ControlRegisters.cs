using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>
/// Which bits of CR0 and CR4 are a guest's own, and what the others are in the CPU while it runs (Intel SDM vol. 3, 25.6.6 and 24.8). A guest reads those from
/// the shadow, and a write that would change one exits. Ours are: what VMX operation fixes; CR0.CD and NW, which would slow the whole CPU; CR4.MCE, without
/// which a machine check would end the machine without a word; and what guests are not offered. Pure.
/// </summary>
internal static class ControlRegisters
{
    private const Cr0 Modes = Cr0.ProtectionEnable | Cr0.Paging;
    private const Cr0 Switches = Cr0.MonitorCoprocessor | Cr0.Emulation | Cr0.TaskSwitched | Cr0.WriteProtect | Cr0.AlignmentMask;

    private const Cr4 Offered = Cr4.Virtual8086Extensions | Cr4.ProtectedVirtualInterrupts | Cr4.TimeStampDisable | Cr4.DebuggingExtensions
        | Cr4.PageSizeExtensions | Cr4.PhysicalAddressExtension | Cr4.PageGlobalEnable | Cr4.PerformanceCounterEnable | Cr4.OsFxsr | Cr4.OsXmmExceptions
        | Cr4.UserModeInstructionPrevention | Cr4.FsGsBase | Cr4.ProcessContextIdentifiers | Cr4.OsXsave | Cr4.SupervisorExecutionPrevention
        | Cr4.SupervisorAccessPrevention | Cr4.ProtectionKeyEnable;

    /// <summary>The CR0 guest/host mask: the bits that are ours.</summary>
    internal static Cr0 Cr0Mask(VmxFeatures features) => ~Cr0Own(features);

    /// <summary>The CR4 guest/host mask.</summary>
    internal static Cr4 Cr4Mask(VmxFeatures features) => ~Cr4Own(features);

    /// <summary>CR0 as the guest believes it to be.</summary>
    internal static Cr0 Cr0OfGuest(Cr0 inCpu, Cr0 shadow, VmxFeatures features)
    {
        var own = Cr0Own(features);
        return inCpu & own | shadow & ~own;
    }

    /// <summary>CR4 as the guest believes it to be.</summary>
    internal static Cr4 Cr4OfGuest(Cr4 inCpu, Cr4 shadow, VmxFeatures features)
    {
        var own = Cr4Own(features);
        return inCpu & own | shadow & ~own;
    }

    /// <summary>CR0 in the CPU for a guest that has set it to <paramref name="value"/>.</summary>
    internal static Cr0 Cr0InCpu(Cr0 value, VmxFeatures features)
    {
        var own = Cr0Own(features);
        return value & own | (features.Cr0Required | Cr0.ExtensionType) & ~own;
    }

    /// <summary>CR4 in the CPU for a guest that has set it to <paramref name="value"/>.</summary>
    internal static Cr4 Cr4InCpu(Cr4 value, VmxFeatures features) =>
        value & Cr4Own(features) | features.Cr4Required | Cr4.MachineCheckEnable & features.Cr4Allowed;

    /// <summary>The bits of CR4 that a guest may set.</summary>
    internal static Cr4 SettableCr4(VmxFeatures features) => Cr4Own(features) | Cr4.MachineCheckEnable;

    /// <summary>Without unrestricted guest, PE and PG must be set in the CPU.</summary>
    private static Cr0 Cr0Own(VmxFeatures features) => features.Uses(SecondaryControls.UnrestrictedGuest) ? Switches | Modes : Switches;

    private static Cr4 Cr4Own(VmxFeatures features) => Offered & features.Cr4Allowed;
}
