using System.Runtime.CompilerServices;
using Lamina.Core;
using Lamina.Ept;

namespace Lamina.Vmx;

/// <summary>What the backend keeps for each physical CPU. Only that CPU touches it.</summary>
internal class VmxCpu(Cpu cpu, VmxFeatures features, Vmcs vmcs)
{
    private const uint VpidCount = 1 << 16;

    private readonly bool _hasTscAux = features.Switched.HasTscAux;
    private readonly Cpu _cpu = cpu;
    private readonly VmxFeatures _features = features;
    private readonly Vmcs _vmcs = vmcs;
    private readonly AddressSpaceIdentifiers _vpids = new(VpidCount);
    private VmxVcpuState? _current;

    /// <summary>The vCPU whose extended state, debug registers, CR2, XCR0 and lazily switched MSRs are in the CPU, if any.</summary>
    internal VmxVcpuState? Loaded { get; private set; }

    /// <summary>A vCPU's VMCS, made the current one. A VMCS is active on this CPU from its first use on.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Vmcs VmcsOf(VmxVcpuState state)
    {
        if (_current != state) Select(state);
        return _vmcs;
    }

    /// <summary>Makes the CPU hold a vCPU's state instead of that of the one before. Some thousand cycles, not on the way of an ordinary exit.</summary>
    internal void Load(VmxVcpuState state)
    {
        // Half of one and half of another would be neither's.
        _cpu.Guard.EnterCritical();
        if (Loaded is { } before) TakeOut(before);
        Loaded = state;
        state.Load();
        LoadRegisters(state);
        WriteHostState(VmcsOf(state), _cpu);
        if (_features.Uses(SecondaryControls.EnableVpid) && !_vpids.IsCurrent(state.Vpid))
        {
            state.Vpid = _vpids.Assign(out bool flush);
            if (flush) _vmcs.InvalidateVpid(InvalidationType.All, 0);
        }
        WriteTscAux(state.TscAux);
        _cpu.Guard.LeaveCritical();
    }

    /// <summary>Nothing of a vCPU's state is in the CPU afterwards, its VMCS included; the CPU may hold none then.</summary>
    internal void Release(VmxVcpuState state)
    {
        _cpu.Guard.EnterCritical();
        if (Loaded == state) TakeOut(state);
        Clear(state);
        _cpu.Guard.LeaveCritical();
    }

    /// <summary>A vCPU's state is not used again: what of it is in the CPU is the next one's to overwrite.</summary>
    internal void Forget(VmxVcpuState state)
    {
        if (Loaded == state) Loaded = null;
    }

    /// <summary>The CPU gives up a vCPU's VMCS, which holds all of it then; the next entry launches it anew.</summary>
    internal void Clear(VmxVcpuState state)
    {
        Forget(state);
        _vmcs.Clear(state.VmcsPhysical);
        if (_current == state) _current = null;
        state.IsLaunched = false;
    }

    /// <summary>
    /// Drops a vCPU's translations. Without VPIDs every entry and exit drops those of the first level; INVEPT drops the rest for all that share the tables.
    /// </summary>
    internal void Flush(EptPointer eptPointer, uint vpid)
    {
        if (_features.Uses(SecondaryControls.EnableVpid)) _vmcs.InvalidateVpid(Reach(EptVpidCapabilities.InvvpidSingle), vpid);
        _vmcs.InvalidateEpt(Reach(EptVpidCapabilities.InveptSingle), eptPointer.Value);
    }

    /// <summary>
    /// Sets the preemption timer of the vCPU that is entered to the CPU's earliest deadline (Intel SDM vol. 3, 26.5.1). It counts in steps of the TSC, and
    /// rather ends one step late than early, when nothing would be due yet.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void TimeGuest(VmxVcpuState state)
    {
        if (!_cpu.GuestsAreTimed) return;
        ulong earliest = _cpu.Deadlines.Earliest, now = _cpu.ReadTsc();
        int shift = _features.PreemptionTimerShift;
        ulong steps = earliest > now ? (earliest - 1 >> shift) + 1 - (now >> shift) : 0;
        VmcsOf(state).Write(VmcsField32.PreemptionTimerValue, (uint)System.Math.Min(steps, uint.MaxValue));
    }

    /// <summary>TSC_AUX of the loaded vCPU changed.</summary>
    internal void WriteTscAux(ulong value)
    {
        if (_hasTscAux) _cpu.TryWriteMsr(SwitchedMsr.TscAux, value);
    }

    /// <summary>RDMSR on the CPU.</summary>
    internal bool TryReadMsr(uint msr, out ulong value) => _cpu.TryReadMsr(msr, out value);

    /// <summary>WRMSR on the CPU.</summary>
    internal bool TryWriteMsr(uint msr, ulong value) => _cpu.TryWriteMsr(msr, value);

    /// <summary>Puts into the CPU's registers what the VMCS does not hold. Tests, which have no such registers, do something else.</summary>
    protected virtual void LoadRegisters(VmxVcpuState state) => state.LoadRegisters();

    /// <summary>Takes it out again.</summary>
    protected virtual void UnloadRegisters(VmxVcpuState state) => state.UnloadRegisters();

    /// <summary>Writes what this CPU is to be after an exit.</summary>
    protected virtual void WriteHostState(Vmcs vmcs, Cpu cpu) => HostState.Write(vmcs, cpu);

    private void TakeOut(VmxVcpuState state)
    {
        UnloadRegisters(state);
        state.Unload();
    }

    private InvalidationType Reach(EptVpidCapabilities single) => _features.Has(single) ? InvalidationType.SingleContext : InvalidationType.All;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Select(VmxVcpuState state)
    {
        _current = state;
        _vmcs.Select(state.VmcsPhysical);
    }
}
