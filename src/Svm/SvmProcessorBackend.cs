using Lamina.Core;
using Lamina.Ept;

namespace Lamina.Svm;

/// <summary>
/// AMD-V, away from the exit way. One object serves all CPUs: they are used as the first that was enabled can be, and one that can do less is refused.
/// </summary>
/// <param name="offersInterrupts">Whether guests are offered their interrupts instead of injecting them (<see cref="SvmVcpuState"/>).</param>
public sealed unsafe class SvmProcessorBackend(bool offersInterrupts = false) : ProcessorBackend
{
    private const uint LeastAsids = 2;

    private SvmFeatures? _features;
    private PermissionMaps? _maps;
    private readonly PerCpu<SvmCpu> _cpus = new();

    /// <inheritdoc/>
    public override string Name => "AMD-V";

    /// <inheritdoc/>
    public override bool IsPresent(Cpu cpu) => SvmFeatures.Read(cpu) is not null;

    /// <inheritdoc/>
    public override string? TryEnable(Cpu cpu, HostMemory memory)
    {
        if (SvmFeatures.Read(cpu) is not { } features)
            return "this CPU has no AMD-V (CPUID 8000_0001 ECX bit 2 is clear)";
        if ((FindObstacle(cpu, features) ?? _features?.FindDifference(features)) is { } obstacle) return obstacle;

        _maps ??= PermissionMaps.Create(memory);
        if (_maps is null || !memory.TryAllocatePages(2, out var pages)) return "no memory is left for AMD-V's tables";
        _features ??= features;

        cpu.TryReadMsr(HostMsr.Efer, out ulong efer);
        if (!cpu.TryWriteMsr(HostMsr.Efer, efer | (ulong)Efer.SecureVirtualMachineEnable)
            || !cpu.TryWriteMsr(HostMsr.VmHsavePa, pages.Physical))
        {
            memory.FreePages(pages);
            return "the CPU refuses to enable AMD-V (EFER.SVME, VM_HSAVE_PA), though CPUID offers it; is another hypervisor below?";
        }
        ulong hostVmcb = pages.Physical + HostPages.PageSize;
        WorldSwitch.SaveHost(hostVmcb);

        _cpus.Add(cpu, new SvmCpu(cpu, _features, hostVmcb));
        return null;
    }

    /// <inheritdoc/>
    public override void RunLoop(Cpu cpu, Scheduler scheduler, VmSupervisor supervisor) =>
        ExitLoop<SvmBackend>.Run(cpu, scheduler, supervisor, new SvmBackend(_cpus[cpu], _features!));

    /// <inheritdoc/>
    public override GuestAddressSpace? CreateAddressSpace(HostMemory memory) =>
        NestedPageTables<NestedPageFormat>.Create(memory, _features!.LargestPageLevel);

    /// <inheritdoc/>
    public override VcpuState? CreateVcpuState(Cpu cpu, HostMemory memory, GuestAddressSpace addressSpace) =>
        memory.TryAllocatePages(SvmVcpuState.PageCount, out var pages) ? new SvmVcpuState(memory, pages, _features!, _maps!, addressSpace.Root, offersInterrupts) : null;

    /// <inheritdoc/>
    public override string Describe() => _features?.Describe() ?? "not enabled";

    /// <summary>What stands in the way of enabling SVM, as AMD APM vol. 2, 15.4 finds out. VM_CR is not there on every CPU (or emulator) that has SVM.</summary>
    private static string? FindObstacle(Cpu cpu, SvmFeatures features)
    {
        if (!features.Has(SvmFeatureBits.NestedPaging))
            return "this CPU has AMD-V without nested paging (CPUID 8000_000A EDX bit 0 is clear); Lamina needs nested paging";
        if (features.AsidCount < LeastAsids)
            return "this CPU offers no address space identifiers for guests (CPUID 8000_000A EBX is below 2)";
        if (features.Switched.FindObstacle() is { } obstacle) return obstacle;
        if (!cpu.TryReadMsr(HostMsr.VmCr, out ulong control) || (control & HostMsr.VmCrSvmDisabled) == 0) return null;
        if ((control & HostMsr.VmCrLock) == 0 && cpu.TryWriteMsr(HostMsr.VmCr, control & ~HostMsr.VmCrSvmDisabled)) return null;
        return "AMD-V is disabled by firmware: enable SVM (\"SVM Mode\", \"AMD-V\" or \"Virtualization\") in the firmware's setup, then start again";
    }
}
