using Lamina.Core;
using Lamina.Ept;

namespace Lamina.Vmx;

/// <summary>
/// In which physical CPU the state is, and how it gets from one to another. A CPU keeps parts of a VMCS until its VMCLEAR, which makes the next entry a
/// VMLAUNCH (Intel SDM vol. 3, 25.11.3), and translations under its VPID and under its EPT pointer. The host state in a VMCS is that of the CPU that
/// loaded it last.
/// </summary>
internal sealed unsafe partial class VmxVcpuState
{
    private readonly PerCpu<VmxCpu> _cpus;
    private VmxCpu _cpu;
    private AddressSpaceIdentifier _vpid;

    /// <summary>The vCPU's VPID, as its CPU gave it.</summary>
    internal AddressSpaceIdentifier Vpid
    {
        get => _vpid;
        set
        {
            _vpid = value;
            Vmcs.Write(VmcsField16.Vpid, (ushort)value.Value);
        }
    }

    /// <inheritdoc/>
    public override void Leave() => _cpu.Release(this);

    /// <inheritdoc/>
    public override void Adopt(Cpu cpu)
    {
        _cpu = _cpus[cpu];
        // Back on a CPU whose VPID it still is, that would bring back translations that nobody has flushed there meanwhile: it gets a fresh one. Those of
        // the second level have no VPID but the EPT pointer (29.4.1): they are flushed.
        _vpid = default;
        FlushTranslations();
    }

    /// <summary>It is in its CPU from now on. The lazily switched MSRs are the CPU's that it belongs to.</summary>
    internal void Load()
    {
        for (int i = 0; i < _lazyMsrs.Length; i++) _cpu.TryWriteMsr(SwitchedMsr.Lazy[i], _lazyMsrs[i]);
    }

    /// <summary>It is in none any more.</summary>
    internal void Unload()
    {
        for (int i = 0; i < _lazyMsrs.Length; i++) _cpu.TryReadMsr(SwitchedMsr.Lazy[i], out _lazyMsrs[i]);
    }

    /// <summary>Puts into the CPU what the VMCS does not hold.</summary>
    internal void LoadRegisters()
    {
        _switched.Load();
        WorldSwitch.SetCr2(_cr2);
        WorldSwitch.SetDr6(_dr6);
    }

    /// <summary>Takes it out again.</summary>
    internal void UnloadRegisters()
    {
        _cr2 = WorldSwitch.GetCr2();
        _dr6 = WorldSwitch.GetDr6();
        _switched.Unload();
    }
}
