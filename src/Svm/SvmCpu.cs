using Lamina.Core;
using Lamina.Ept;

namespace Lamina.Svm;

/// <summary>What the backend keeps for each physical CPU. Only that CPU touches it.</summary>
internal class SvmCpu(Cpu cpu, SvmFeatures features, ulong hostVmcb)
{
    private readonly bool _hasTscAux = features.Switched.HasTscAux;
    private readonly Cpu _cpu = cpu;
    private readonly AddressSpaceIdentifiers _asids = new(features.AsidCount);

    /// <summary>HPA of the VMCB that holds the host's FS, GS, TR, LDTR and system-call MSRs.</summary>
    internal ulong HostVmcb { get; } = hostVmcb;

    /// <summary>The vCPU whose extended state, debug addresses, XCR0 and TSC_AUX are in the CPU, if any.</summary>
    internal SvmVcpuState? Loaded { get; private set; }

    /// <summary>Parts of a VMCB that can be said to be unchanged after a run: none where the CPU has no clean bits.</summary>
    internal CleanBits CleanAfterRun { get; } = features.Has(SvmFeatureBits.VmcbClean) ? CleanBits.All : 0;

    /// <summary>Makes the CPU hold a vCPU's state instead of that of the one before. About 2,000 cycles, not on the way of an ordinary exit.</summary>
    internal void Load(SvmVcpuState state)
    {
        // Half of one and half of another would be neither's.
        _cpu.Guard.EnterCritical();
        if (Loaded is { } before) TakeOut(before);
        Loaded = state;
        state.Load(this);
        LoadRegisters(state);
        if (!_asids.IsCurrent(state.Asid))
        {
            state.Asid = _asids.Assign(out bool flush);
            if (flush) state.FlushAllAsids();
        }
        WriteTscAux(state.TscAux);
        _cpu.Guard.LeaveCritical();
    }

    /// <summary>Nothing of a vCPU's state is in the CPU afterwards; the CPU may hold none then.</summary>
    internal void Release(SvmVcpuState state)
    {
        if (Loaded != state) return;
        _cpu.Guard.EnterCritical();
        TakeOut(state);
        Forget(state);
        _cpu.Guard.LeaveCritical();
    }

    /// <summary>A vCPU's state is not used again: what of it is in the CPU is the next one's to overwrite.</summary>
    internal void Forget(SvmVcpuState state)
    {
        if (Loaded == state) Loaded = null;
    }

    /// <summary>TSC_AUX of the loaded vCPU changed.</summary>
    internal void WriteTscAux(ulong value)
    {
        if (_hasTscAux) _cpu.TryWriteMsr(SwitchedMsr.TscAux, value);
    }

    /// <summary>Puts into the CPU's registers what the VMCB does not hold. Tests, which have no such registers, do something else.</summary>
    protected virtual void LoadRegisters(SvmVcpuState state) => state.LoadRegisters();

    /// <summary>Takes it out again.</summary>
    protected virtual void UnloadRegisters(SvmVcpuState state) => state.UnloadRegisters();

    private void TakeOut(SvmVcpuState state)
    {
        UnloadRegisters(state);
        state.Unload();
    }
}
