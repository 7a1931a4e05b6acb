namespace Lamina.Core;

/// <summary>The MSRs of one vCPU that are kept in plain fields.</summary>
public sealed class VcpuMsrs(VirtualCpu vcpu)
{
    /// <summary>Its MTRRs.</summary>
    public MemoryTypeRanges MemoryTypes { get; } = new();

    /// <summary>KVM's clock.</summary>
    public ParavirtualClock Clock { get; } = new(vcpu);

    /// <summary>KVM's steal time.</summary>
    public StealTime StealTime { get; } = new(vcpu);

    /// <summary>TSC_ADJUST: the sum of what the guest itself has added to its TSC.</summary>
    internal ulong TscAdjust;
    /// <summary>MCG_STATUS.</summary>
    internal ulong MachineCheckStatus;
    /// <summary>MISC_ENABLE.</summary>
    internal MiscEnable MiscEnable;
    /// <summary>HWCR.</summary>
    internal ulong HardwareConfiguration;

    /// <summary>As after RESET; the first vCPU's are the whole VM's too.</summary>
    public void Reset()
    {
        if (vcpu.Index == 0) vcpu.Machine.HyperV.Reset();
        MemoryTypes.Reset();
        Clock.Reset();
        StealTime.Reset();
        TscAdjust = 0;
        MachineCheckStatus = 0;
        MiscEnable = MiscEnable.AtReset;
        HardwareConfiguration = 0;
    }
}
