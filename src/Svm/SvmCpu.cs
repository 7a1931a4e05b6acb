using Lamina.Core;

namespace Lamina.Svm;

/// <summary>What the backend keeps for each physical CPU. Only that CPU touches it.</summary>
internal sealed class SvmCpu(Cpu cpu, SvmFeatures features, ulong hostVmcb)
{
    private const uint FirstAsid = 1;

    private readonly SvmFeatures _features = features;
    private readonly Cpu _cpu = cpu;
    private uint _nextAsid = features.AsidCount;

    /// <summary>HPA of the VMCB that holds the host's FS, GS, TR, LDTR and system-call MSRs.</summary>
    internal ulong HostVmcb { get; } = hostVmcb;

    /// <summary>The vCPU whose extended state, debug addresses, XCR0 and TSC_AUX are in the CPU, if any.</summary>
    internal SvmVcpuState? Loaded { get; private set; }

    /// <summary>Counts how often the ASIDs were used up; an ASID of an earlier generation is another vCPU's now.</summary>
    internal uint AsidGeneration { get; private set; }

    /// <summary>Parts of a VMCB that can be said to be unchanged after a run: none where the CPU has no clean bits.</summary>
    internal CleanBits CleanAfterRun { get; } = features.Has(SvmFeatureBits.VmcbClean) ? CleanBits.All : 0;

    /// <summary>Makes the CPU hold a vCPU's state instead of that of the one before. About 2,000 cycles, not on the way of an ordinary exit.</summary>
    internal void Load(SvmVcpuState state)
    {
        Loaded?.Unload(_features.ExtendedComponents);
        Loaded = state;
        state.Load(this, _features.ExtendedComponents);
        if (state.Asid.Owner != this || state.Asid.Generation != AsidGeneration) AssignAsid(state);
        WriteTscAux(state.TscAux);
    }

    /// <summary>A vCPU's state is not used again: what of it is in the CPU is the next one's to overwrite.</summary>
    internal void Forget(SvmVcpuState state)
    {
        if (Loaded == state) Loaded = null;
    }

    /// <summary>TSC_AUX of the loaded vCPU changed.</summary>
    internal void WriteTscAux(ulong value)
    {
        if (_features.HasTscAux) _cpu.TryWriteMsr(SwitchedMsr.TscAux, value);
    }

    /// <summary>Gives a vCPU an ASID that no other has in this generation; when they are used up, all are flushed and a new generation begins.</summary>
    private void AssignAsid(SvmVcpuState state)
    {
        bool usedUp = _nextAsid >= _features.AsidCount;
        if (usedUp)
        {
            _nextAsid = FirstAsid;
            AsidGeneration++;
        }
        state.Asid = new AddressSpaceIdentifier(this, AsidGeneration, _nextAsid++);
        if (usedUp) state.FlushAllAsids();
    }
}
