using Lamina.Core;
using Lamina.Ept;

namespace Lamina.Svm;

/// <summary>
/// In which physical CPU the state is, and how it gets from one to another. A VMCB is in memory after each exit; what else a CPU may know of it are the parts that
/// it holds to be clean, and the translations under its ASID. Both are no other CPU's.
/// </summary>
internal sealed unsafe partial class SvmVcpuState
{
    private SvmCpu? _loadedOn;
    private AddressSpaceIdentifier _asid;

    /// <summary>The vCPU's ASID, as its last CPU gave it.</summary>
    internal AddressSpaceIdentifier Asid
    {
        get => _asid;
        set
        {
            _asid = value;
            Vmcb->Control.Asid = value.Value;
            Changed(CleanBits.Asid);
        }
    }

    /// <inheritdoc/>
    public override void Leave() => _loadedOn?.Release(this);

    /// <inheritdoc/>
    public override void Adopt(Cpu cpu)
    {
        // Back on a CPU whose ASID it still is, that would bring back translations that nobody has flushed there meanwhile: it gets a fresh one.
        Asid = default;
    }

    /// <summary>It is in a CPU from now on.</summary>
    internal void Load(SvmCpu cpu)
    {
        _loadedOn = cpu;
        // Another VMCB ran here, or this one ran elsewhere: nothing of it is cached for sure.
        Vmcb->Control.CleanBits = 0;
    }

    /// <summary>It is in none any more.</summary>
    internal void Unload() => _loadedOn = null;

    /// <summary>Puts into the CPU what the VMCB does not hold.</summary>
    internal void LoadRegisters()
    {
        _switched.Load();
        WorldSwitch.SetCr2(Vmcb->State.Cr2);
    }

    /// <summary>Takes it out again.</summary>
    internal void UnloadRegisters() => _switched.Unload();
}
