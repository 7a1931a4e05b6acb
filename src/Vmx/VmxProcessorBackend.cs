using Lamina.Core;
using Lamina.Ept;

namespace Lamina.Vmx;

/// <summary>
/// VT-x, away from the exit way. One object serves all CPUs: they are used as the first that was enabled can be, and one that can do less is refused.
/// </summary>
/// <param name="deliversInterrupts">Whether CPUs that can deliver guests' interrupts by themselves do so.</param>
public sealed unsafe class VmxProcessorBackend(bool deliversInterrupts = true) : ProcessorBackend
{
    private VmxFeatures? _features;
    private PermissionMaps? _maps;
    private readonly PerCpu<VmxCpu> _cpus = new();

    /// <inheritdoc/>
    public override string Name => "VT-x";

    /// <inheritdoc/>
    public override bool IsPresent(Cpu cpu) => VmxFeatures.Read(cpu) is not null;

    /// <inheritdoc/>
    public override string? TryEnable(Cpu cpu, HostMemory memory)
    {
        if (VmxFeatures.Read(cpu, deliversInterrupts) is not { } features) return "this CPU has no VT-x (CPUID 1 ECX bit 5 is clear)";
        if ((features.FindObstacle() ?? _features?.FindDifference(features) ?? FindLock(cpu)) is { } obstacle) return obstacle;

        _maps ??= PermissionMaps.Create(memory);
        if (_maps is null || !memory.TryAllocatePages(1, out var region)) return "no memory is left for VT-x's tables";
        _features ??= features;

        // What VMX operation fixes (Intel SDM vol. 3, 24.8); NE is the one that may be missing.
        WorldSwitch.SetCr0(WorldSwitch.GetCr0() | features.Cr0Required);
        WorldSwitch.SetCr4(WorldSwitch.GetCr4() | features.Cr4Required);
        *(uint*)region.Virtual = features.Revision;
        if (!WorldSwitch.On(region.Physical))
        {
            memory.FreePages(region);
            return "the CPU refuses to enable VT-x (VMXON), though CPUID offers it; is another hypervisor below?";
        }
        var vmcs = new CurrentVmcs();
        // What ran here before may have left translations.
        vmcs.InvalidateEpt(InvalidationType.All, 0);

        cpu.GuestsAreTimed = _features.Uses(PinControls.ActivatePreemptionTimer);
        _cpus.Add(cpu, new VmxCpu(cpu, _features, vmcs));
        return null;
    }

    /// <inheritdoc/>
    public override void RunLoop(Cpu cpu, Scheduler scheduler, VmSupervisor supervisor) =>
        ExitLoop<VmxBackend>.Run(cpu, scheduler, supervisor, new VmxBackend(_cpus[cpu]));

    /// <inheritdoc/>
    public override WithheldInstructions Withheld => (Uses(SecondaryControls.EnableRdtscp) ? 0 : WithheldInstructions.Rdtscp)
        | (Uses(SecondaryControls.EnableInvpcid) ? 0 : WithheldInstructions.Invpcid);

    /// <inheritdoc/>
    public override GuestAddressSpace? CreateAddressSpace(HostMemory memory) => NestedPageTables<EptFormat>.Create(memory, _features!.LargestPageLevel, _features.Has(EptVpidCapabilities.ExecuteOnly));

    /// <inheritdoc/>
    public override VcpuState? CreateVcpuState(Cpu cpu, HostMemory memory, GuestAddressSpace addressSpace) =>
        memory.TryAllocatePages(VmxVcpuState.PageCount, out var pages)
            ? new VmxVcpuState(_cpus, cpu, memory, pages, _features!, _maps!, addressSpace.Root)
            : null;

    /// <inheritdoc/>
    public override string Describe() => _features?.Describe() ?? "not enabled";

    private bool Uses(SecondaryControls control) => _features!.Uses(control);

    /// <summary>Firmware may have locked VMXON away; where it left that open, it is allowed and locked, as firmware should have (Intel SDM vol. 3, 24.7).</summary>
    private static string? FindLock(Cpu cpu)
    {
        const ulong wanted = HostMsr.FeatureControlLock | HostMsr.FeatureControlVmxon;
        if (!cpu.TryReadMsr(HostMsr.FeatureControl, out ulong control) || (control & wanted) == wanted) return null;
        if ((control & HostMsr.FeatureControlLock) == 0 && cpu.TryWriteMsr(HostMsr.FeatureControl, control | wanted)) return null;
        return "VT-x is disabled by firmware: enable \"Intel Virtualization Technology\" (\"VT-x\", \"VMX\") in the firmware's setup, then start again";
    }
}
