using Lamina.Core;

namespace Lamina.Svm;

/// <summary>A vCPU's state in a VMCB. Setters note which of the VMCB's parts changed, for CPUs that keep them (VMCB clean bits).</summary>
internal sealed unsafe partial class SvmVcpuState : VcpuState
{
    /// <summary>Pages that a vCPU takes: its VMCB, and <see cref="SwitchedState"/>.</summary>
    internal const int PageCount = 2;

    private readonly PageSource _memory;
    private readonly HostPages _pages;
    private readonly SvmFeatures _features;
    private readonly PermissionMaps _maps;
    private readonly ulong _nestedRoot;
    private readonly SwitchedState* _switched;
    private SvmCpu? _loadedOn;
    private ulong _xcr0;
    private AddressSpaceIdentifier _asid;

    internal SvmVcpuState(PageSource memory, in HostPages pages, SvmFeatures features, PermissionMaps maps, ulong nestedRoot)
    {
        _memory = memory;
        _pages = pages;
        _features = features;
        _maps = maps;
        _nestedRoot = nestedRoot;
        Vmcb = (Vmcb*)pages.Virtual;
        VmcbPhysical = pages.Physical;
        _switched = (SwitchedState*)(pages.Virtual + HostPages.PageSize);
        Vectors = &_switched->Vectors;
        Reset();
    }

    /// <summary>The VMCB (HVA).</summary>
    internal Vmcb* Vmcb { get; }

    /// <summary>The VMCB (HPA).</summary>
    internal ulong VmcbPhysical { get; }

    /// <summary>XMM0 to XMM5 while C# runs.</summary>
    internal VectorRegisters* Vectors { get; }

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

    /// <summary>TSC_AUX: what RDTSCP and RDPID give.</summary>
    internal ulong TscAux => _switched->TscAux;

    /// <inheritdoc/>
    public override Cr0 Cr0
    {
        get => Vmcb->State.Cr0;
        set
        {
            Vmcb->State.Cr0 = value;
            Changed(CleanBits.ControlRegisters);
            FlushTranslations();
        }
    }

    /// <inheritdoc/>
    public override ulong Cr2
    {
        get => Vmcb->State.Cr2;
        set
        {
            Vmcb->State.Cr2 = value;
            Changed(CleanBits.Cr2);
        }
    }

    /// <inheritdoc/>
    public override ulong Cr3
    {
        get => Vmcb->State.Cr3;
        set
        {
            Vmcb->State.Cr3 = value;
            Changed(CleanBits.ControlRegisters);
            FlushTranslations();
        }
    }

    /// <inheritdoc/>
    public override Cr4 Cr4
    {
        get => Vmcb->State.Cr4;
        set
        {
            Vmcb->State.Cr4 = value;
            Changed(CleanBits.ControlRegisters);
            FlushTranslations();
        }
    }

    /// <inheritdoc/>
    public override Efer Efer
    {
        get => Vmcb->State.Efer & ~Efer.SecureVirtualMachineEnable;
        set
        {
            // VMRUN refuses a guest without SVME.
            Vmcb->State.Efer = value | Efer.SecureVirtualMachineEnable;
            Changed(CleanBits.ControlRegisters);
            FlushTranslations();
        }
    }

    /// <inheritdoc/>
    public override ulong Xcr0
    {
        get
        {
            KeepXcr0();
            return _xcr0;
        }
        set
        {
            _xcr0 = value;
            if (_loadedOn is not null && _features.ExtendedComponents != 0) WorldSwitch.SetXcr0(value);
        }
    }

    /// <inheritdoc/>
    public override ulong Dr6
    {
        get => Vmcb->State.Dr6;
        set
        {
            Vmcb->State.Dr6 = value;
            Changed(CleanBits.DebugRegisters);
        }
    }

    /// <inheritdoc/>
    public override ulong Dr7
    {
        get => Vmcb->State.Dr7;
        set
        {
            Vmcb->State.Dr7 = value;
            Changed(CleanBits.DebugRegisters);
        }
    }

    /// <inheritdoc/>
    public override ulong Pat
    {
        get => Vmcb->State.Pat;
        set
        {
            Vmcb->State.Pat = value;
            Changed(CleanBits.NestedPaging);
        }
    }

    /// <inheritdoc/>
    public override int PrivilegeLevel
    {
        get => Vmcb->State.PrivilegeLevel;
        set
        {
            Vmcb->State.PrivilegeLevel = (byte)value;
            Changed(CleanBits.Segments);
        }
    }

    /// <inheritdoc/>
    public override ulong TscOffset
    {
        get => Vmcb->Control.TscOffset;
        set
        {
            Vmcb->Control.TscOffset = value;
            Changed(CleanBits.Intercepts);
        }
    }

    /// <inheritdoc/>
    public override ulong GetDebugAddress(int number)
    {
        if (_loadedOn is not null) WorldSwitch.SaveDebugAddresses(_switched->DebugAddresses);
        return _switched->DebugAddresses[number & 3];
    }

    /// <inheritdoc/>
    public override void SetDebugAddress(int number, ulong value)
    {
        if (_loadedOn is not null) WorldSwitch.SaveDebugAddresses(_switched->DebugAddresses);
        _switched->DebugAddresses[number & 3] = value;
        if (_loadedOn is not null) WorldSwitch.LoadDebugAddresses(_switched->DebugAddresses);
    }

    /// <inheritdoc/>
    public override bool Is64Bit =>
        (Vmcb->State.Efer & Efer.LongModeActive) != 0 && (Vmcb->State.Cs.Attributes & SegmentAttributes.Long) != 0;

    /// <inheritdoc/>
    public override SegmentRegister GetSegment(SegmentName name) => Vmcb->State[name];

    /// <inheritdoc/>
    public override void SetSegment(SegmentName name, in SegmentRegister value)
    {
        Vmcb->State[name] = value;
        Changed(CleanBits.Segments | CleanBits.DescriptorTables);
    }

    /// <inheritdoc/>
    public override bool TryReadSwitchedMsr(uint msr, out ulong value)
    {
        ulong* field = FindSwitchedMsr(msr);
        value = field == null ? 0 : *field;
        return field != null;
    }

    /// <inheritdoc/>
    public override bool TryWriteSwitchedMsr(uint msr, ulong value)
    {
        ulong* field = FindSwitchedMsr(msr);
        if (field == null) return false;
        *field = value;
        if (msr == SwitchedMsr.TscAux) _loadedOn?.WriteTscAux(value);
        return true;
    }

    private ulong* FindSwitchedMsr(uint msr) => msr switch
    {
        SwitchedMsr.Star => &Vmcb->State.Star,
        SwitchedMsr.LStar => &Vmcb->State.LongStar,
        SwitchedMsr.CStar => &Vmcb->State.CompatibilityStar,
        SwitchedMsr.SfMask => &Vmcb->State.SystemCallFlagMask,
        SwitchedMsr.KernelGsBase => &Vmcb->State.KernelGsBase,
        SwitchedMsr.SysenterCs => &Vmcb->State.SysenterCs,
        SwitchedMsr.SysenterEsp => &Vmcb->State.SysenterEsp,
        SwitchedMsr.SysenterEip => &Vmcb->State.SysenterEip,
        SwitchedMsr.TscAux => &_switched->TscAux,
        _ => null,
    };

    /// <inheritdoc/>
    public override void FlushTranslations()
    {
        var flush = _features.Has(SvmFeatureBits.FlushByAsid) ? TlbControl.FlushGuest : TlbControl.FlushAll;
        if (Vmcb->Control.TlbControl == TlbControl.None) Vmcb->Control.TlbControl = flush;
    }

    /// <summary>At the next entry no translation of any guest stays: the ASIDs are given out anew.</summary>
    internal void FlushAllAsids() => Vmcb->Control.TlbControl = TlbControl.FlushAll;

    /// <inheritdoc/>
    public override string? FindEntryFailure() => VmcbChecker.FindBrokenRule(*Vmcb);

    /// <inheritdoc/>
    public override void Free()
    {
        _loadedOn?.Forget(this);
        _loadedOn = null;
        _memory.FreePages(_pages);
    }

    /// <summary>Puts into the CPU what the VMCB does not hold.</summary>
    internal void Load(SvmCpu cpu, ulong components)
    {
        _loadedOn = cpu;
        WorldSwitch.LoadExtendedState(_switched, components, _xcr0);
        WorldSwitch.LoadDebugAddresses(_switched->DebugAddresses);
        // Another VMCB ran here, or this one ran elsewhere: nothing of it is cached for sure.
        Vmcb->Control.CleanBits = 0;
    }

    /// <summary>Takes it out again. XMM0 to XMM5 in it are C#'s: the guest's own are in <see cref="Vectors"/>, and loaded from there at each entry.</summary>
    internal void Unload(ulong components)
    {
        KeepXcr0();
        _loadedOn = null;
        WorldSwitch.SaveExtendedState(_switched, components);
        WorldSwitch.SaveDebugAddresses(_switched->DebugAddresses);
    }

    /// <summary>XCR0 may be another than was set here: QEMU 7.2 does not intercept XSETBV, and the guest's own then takes effect.</summary>
    private void KeepXcr0()
    {
        if (_loadedOn is not null && _features.ExtendedComponents != 0) _xcr0 = WorldSwitch.GetXcr0();
    }

    private void Changed(CleanBits parts) => Vmcb->Control.CleanBits &= ~parts;
}
