using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Svm;

/// <summary>A vCPU's state in a VMCB. Setters note which of the VMCB's parts changed, for CPUs that keep them (VMCB clean bits).</summary>
internal sealed unsafe partial class SvmVcpuState : VcpuState
{
    /// <summary>Pages that a vCPU takes: its VMCB, that of <see cref="SwitchedRegisters"/>, and its local APIC's registers.</summary>
    internal const int PageCount = 3;

    private readonly PageSource _memory;
    private readonly HostPages _pages;
    private readonly SvmFeatures _features;
    private readonly PermissionMaps _maps;
    private readonly ulong _nestedRoot;
    private readonly bool _offersInterrupts;
    private readonly SwitchedRegisters _switched;

    internal SvmVcpuState(PageSource memory, in HostPages pages, SvmFeatures features, PermissionMaps maps, ulong nestedRoot, bool offersInterrupts = false)
    {
        _offersInterrupts = offersInterrupts;
        _memory = memory;
        _pages = pages;
        _features = features;
        _maps = maps;
        _nestedRoot = nestedRoot;
        Vmcb = (Vmcb*)pages.Virtual;
        VmcbPhysical = pages.Physical;
        _switched = new SwitchedRegisters(pages.Virtual + HostPages.PageSize, features.Switched);
        Vectors = _switched.Vectors;
        VirtualApic = (VirtualApicPage*)(pages.Virtual + 2 * HostPages.PageSize);
        Reset();
    }

    /// <summary>The VMCB (HVA).</summary>
    internal Vmcb* Vmcb { get; }

    /// <summary>The VMCB (HPA).</summary>
    internal ulong VmcbPhysical { get; }

    /// <summary>XMM0 to XMM5 while C# runs.</summary>
    internal VectorRegisters* Vectors { get; }

    /// <inheritdoc/>
    public override VirtualApicPage* VirtualApic { get; }

    /// <summary>TSC_AUX: what RDTSCP and RDPID give.</summary>
    internal ulong TscAux => _switched.TscAux;

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
            if (_switched.AreLoaded) WorldSwitch.SetCr2(value);
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
        get => _switched.Xcr0;
        set => _switched.Xcr0 = value;
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
    public override ulong GetDebugAddress(int number) => _switched.GetDebugAddress(number);

    /// <inheritdoc/>
    public override void SetDebugAddress(int number, ulong value) => _switched.SetDebugAddress(number, value);

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
        ref ulong field = ref FindSwitchedMsr(msr);
        bool isSwitched = !Unsafe.IsNullRef(ref field);
        value = isSwitched ? field : 0;
        return isSwitched;
    }

    /// <inheritdoc/>
    public override bool TryWriteSwitchedMsr(uint msr, ulong value)
    {
        ref ulong field = ref FindSwitchedMsr(msr);
        if (Unsafe.IsNullRef(ref field)) return false;
        field = value;
        if (msr == SwitchedMsr.TscAux) _loadedOn?.WriteTscAux(value);
        return true;
    }

    private ref ulong FindSwitchedMsr(uint msr)
    {
        ref var state = ref Vmcb->State;
        switch (msr)
        {
            case SwitchedMsr.Star: return ref state.Star;
            case SwitchedMsr.LStar: return ref state.LongStar;
            case SwitchedMsr.CStar: return ref state.CompatibilityStar;
            case SwitchedMsr.SfMask: return ref state.SystemCallFlagMask;
            case SwitchedMsr.KernelGsBase: return ref state.KernelGsBase;
            case SwitchedMsr.SysenterCs: return ref state.SysenterCs;
            case SwitchedMsr.SysenterEsp: return ref state.SysenterEsp;
            case SwitchedMsr.SysenterEip: return ref state.SysenterEip;
            case SwitchedMsr.TscAux: return ref _switched.TscAux;
            default: return ref Unsafe.NullRef<ulong>();
        }
    }

    /// <inheritdoc/>
    public override void FlushTranslations()
    {
        var flush = _features.Has(SvmFeatureBits.FlushByAsid) ? TlbControl.FlushGuest : TlbControl.FlushAll;
        if (Vmcb->Control.TlbControl == TlbControl.None) Vmcb->Control.TlbControl = flush;
    }

    /// <summary>At the next entry no translation of any guest stays: the ASIDs are given out anew.</summary>
    internal void FlushAllAsids() => Vmcb->Control.TlbControl = TlbControl.FlushAll;

    /// <inheritdoc/>
    public override string? FindEntryFailure(out string subject)
    {
        subject = "";
        return VmcbChecker.FindBrokenRule(*Vmcb);
    }

    /// <inheritdoc/>
    public override void Free()
    {
        _loadedOn?.Forget(this);
        _loadedOn = null;
        _memory.FreePages(_pages);
    }

    private void Changed(CleanBits parts) => Vmcb->Control.CleanBits &= ~parts;
}
