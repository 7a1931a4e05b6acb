using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>
/// A vCPU's state in a VMCS. CR2, DR6 and a few MSRs are in none: they stay in the CPU, as <see cref="SwitchedRegisters"/> do, until another vCPU is entered.
/// </summary>
internal sealed unsafe partial class VmxVcpuState : VcpuState
{
    /// <summary>Pages that a vCPU takes: its VMCS, that of <see cref="SwitchedRegisters"/>, and its virtual-APIC page.</summary>
    internal const int PageCount = 3;

    private readonly PageSource _memory;
    private readonly HostPages _pages;
    private readonly VmxFeatures _features;
    private readonly PermissionMaps _maps;
    private readonly EptPointer _eptPointer;
    private readonly SwitchedRegisters _switched;
    private readonly ulong[] _lazyMsrs = new ulong[SwitchedMsr.Lazy.Length];
    private ulong _cr2;
    private ulong _dr6;
    private bool _flush;

    /// <summary>A vCPU as after RESET, of the CPU that calls, which is one of <paramref name="cpus"/>.</summary>
    internal VmxVcpuState(
        PerCpu<VmxCpu> cpus, Cpu cpu, PageSource memory, in HostPages pages, VmxFeatures features, PermissionMaps maps, ulong nestedRoot)
    {
        _cpus = cpus;
        _cpu = cpus[cpu];
        _memory = memory;
        _pages = pages;
        _features = features;
        _maps = maps;
        _eptPointer = new EptPointer(nestedRoot, features.Has(EptVpidCapabilities.AccessedAndDirty));
        VmcsPhysical = pages.Physical;
        *(uint*)pages.Virtual = features.Revision;
        _switched = new SwitchedRegisters(pages.Virtual + HostPages.PageSize, features.Switched);
        Vectors = _switched.Vectors;
        VirtualApic = (VirtualApicPage*)(pages.Virtual + 2 * HostPages.PageSize);
        _cpu.Clear(this);
        Reset();
    }

    /// <summary>What the last exit left, and the next entry compares with.</summary>
    internal ExitFields Fields;

    /// <summary>The VMCS (HPA).</summary>
    internal ulong VmcsPhysical { get; }

    /// <summary>Its VMCS, made the current one of its CPU.</summary>
    internal Vmcs Vmcs
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _cpu.VmcsOf(this);
    }

    /// <summary>Whether it was entered since its VMCLEAR.</summary>
    internal bool IsLaunched { get; set; }

    /// <summary>How the last entry ended.</summary>
    internal EntryResult LastEntry { get; set; }

    /// <summary>XMM0 to XMM5 while C# runs.</summary>
    internal VectorRegisters* Vectors { get; }

    /// <summary>TSC_AUX: what RDTSCP and RDPID give.</summary>
    internal ulong TscAux => _switched.TscAux;

    /// <inheritdoc/>
    public override Cr0 Cr0
    {
        get => ControlRegisters.Cr0OfGuest((Cr0)Vmcs.Read(VmcsFieldNatural.GuestCr0), (Cr0)Vmcs.Read(VmcsFieldNatural.Cr0ReadShadow), _features);
        set
        {
            Vmcs.Write(VmcsFieldNatural.Cr0ReadShadow, (ulong)value);
            Vmcs.Write(VmcsFieldNatural.GuestCr0, (ulong)ControlRegisters.Cr0InCpu(value, _features));
            FlushTranslations();
        }
    }

    /// <inheritdoc/>
    public override ulong Cr2
    {
        get => _switched.AreLoaded ? WorldSwitch.GetCr2() : _cr2;
        set
        {
            _cr2 = value;
            if (_switched.AreLoaded) WorldSwitch.SetCr2(value);
        }
    }

    /// <inheritdoc/>
    public override ulong Cr3
    {
        get => Vmcs.Read(VmcsFieldNatural.GuestCr3);
        set
        {
            Vmcs.Write(VmcsFieldNatural.GuestCr3, value);
            FlushTranslations();
        }
    }

    /// <inheritdoc/>
    public override Cr4 Cr4
    {
        get => ControlRegisters.Cr4OfGuest((Cr4)Vmcs.Read(VmcsFieldNatural.GuestCr4), (Cr4)Vmcs.Read(VmcsFieldNatural.Cr4ReadShadow), _features);
        set
        {
            Vmcs.Write(VmcsFieldNatural.Cr4ReadShadow, (ulong)value);
            Vmcs.Write(VmcsFieldNatural.GuestCr4, (ulong)ControlRegisters.Cr4InCpu(value, _features));
            FlushTranslations();
        }
    }

    /// <inheritdoc/>
    public override Cr4 SettableCr4 => ControlRegisters.SettableCr4(_features);

    /// <inheritdoc/>
    public override void SetPageDirectoryPointer(int number, ulong entry) =>
        Vmcs.Write(VmcsField64.GuestPdpte0 + NextField * (uint)(number & 3), entry);

    /// <inheritdoc/>
    public override Efer Efer
    {
        get => (Efer)Vmcs.Read(VmcsField64.GuestEfer);
        set
        {
            Vmcs.Write(VmcsField64.GuestEfer, (ulong)value);
            var controls = _features.EntryControls;
            Vmcs.Write(VmcsField32.EntryControls, (uint)((value & Efer.LongModeActive) != 0 ? controls | EntryControls.Ia32eModeGuest : controls));
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
        get => _switched.AreLoaded ? WorldSwitch.GetDr6() : _dr6;
        set
        {
            _dr6 = value;
            if (_switched.AreLoaded) WorldSwitch.SetDr6(value);
        }
    }

    /// <inheritdoc/>
    public override ulong Dr7
    {
        get => Vmcs.Read(VmcsFieldNatural.GuestDr7);
        set => Vmcs.Write(VmcsFieldNatural.GuestDr7, value);
    }

    /// <inheritdoc/>
    public override ulong Pat
    {
        get => Vmcs.Read(VmcsField64.GuestPat);
        set => Vmcs.Write(VmcsField64.GuestPat, value);
    }

    /// <summary>The DPL of SS (Intel SDM vol. 3, 25.4.1).</summary>
    public override int PrivilegeLevel
    {
        get => new SegmentRegister(0, GetAttributes(SegmentName.Ss), 0, 0).PrivilegeLevel;
        set
        {
            var stack = GetSegment(SegmentName.Ss);
            stack.PrivilegeLevel = value;
            SetSegment(SegmentName.Ss, stack);
        }
    }

    /// <inheritdoc/>
    public override ulong TscOffset
    {
        get => Vmcs.Read(VmcsField64.TscOffset);
        set => Vmcs.Write(VmcsField64.TscOffset, value);
    }

    /// <inheritdoc/>
    public override ulong GetDebugAddress(int number) => _switched.GetDebugAddress(number);

    /// <inheritdoc/>
    public override void SetDebugAddress(int number, ulong value) => _switched.SetDebugAddress(number, value);

    /// <inheritdoc/>
    public override bool Is64Bit => (GetAttributes(SegmentName.Cs) & SegmentAttributes.Long) != 0 && (Efer & Efer.LongModeActive) != 0;

    /// <inheritdoc/>
    public override bool TryReadSwitchedMsr(uint msr, out ulong value)
    {
        value = 0;
        switch (msr)
        {
            case SwitchedMsr.SysenterCs: value = Vmcs.Read(VmcsField32.GuestSysenterCs); return true;
            case SwitchedMsr.SysenterEsp: value = Vmcs.Read(VmcsFieldNatural.GuestSysenterEsp); return true;
            case SwitchedMsr.SysenterEip: value = Vmcs.Read(VmcsFieldNatural.GuestSysenterEip); return true;
            case SwitchedMsr.TscAux: value = _switched.TscAux; return true;
        }
        int index = SwitchedMsr.LazyIndexOf(msr);
        if (index < 0) return false;
        if (_switched.AreLoaded) _cpu.TryReadMsr(msr, out value);
        else value = _lazyMsrs[index];
        return true;
    }

    /// <inheritdoc/>
    public override bool TryWriteSwitchedMsr(uint msr, ulong value)
    {
        switch (msr)
        {
            case SwitchedMsr.SysenterCs: Vmcs.Write(VmcsField32.GuestSysenterCs, (uint)value); return true;
            case SwitchedMsr.SysenterEsp: Vmcs.Write(VmcsFieldNatural.GuestSysenterEsp, value); return true;
            case SwitchedMsr.SysenterEip: Vmcs.Write(VmcsFieldNatural.GuestSysenterEip, value); return true;
            case SwitchedMsr.TscAux:
                _switched.TscAux = value;
                if (_switched.AreLoaded) _cpu.WriteTscAux(value);
                return true;
        }
        int index = SwitchedMsr.LazyIndexOf(msr);
        if (index < 0) return false;
        _lazyMsrs[index] = value;
        if (_switched.AreLoaded) _cpu.TryWriteMsr(msr, value);
        return true;
    }

    /// <inheritdoc/>
    public override void FlushTranslations() => _flush = true;

    /// <summary>Real mode, or protected mode without paging, on a CPU whose guests have neither: PE and PG are set in the CPU, whatever the guest says.</summary>
    private bool NeedsUnrestrictedGuest => !_features.Uses(SecondaryControls.UnrestrictedGuest) && (~Cr0 & (Cr0.ProtectionEnable | Cr0.Paging)) != 0;

    /// <inheritdoc/>
    public override string? FindEntryFailure(out string subject)
    {
        if (NeedsUnrestrictedGuest)
        {
            subject = "";
            return "this CPU has VT-x without unrestricted guest: its guests must be in protected mode with paging, and this one is not";
        }
        string? rule = VmcsChecker.FindBrokenRule(Vmcs, _features, out subject);
        return rule is null && LastEntry == EntryResult.Refused ? ((VmxInstructionError)Vmcs.Read(VmcsField32.InstructionError)).Describe() : rule;
    }

    /// <inheritdoc/>
    public override void Free()
    {
        // The CPU may still keep parts of the VMCS, and write them back when it likes.
        _cpu.Clear(this);
        _memory.FreePages(_pages);
    }

    /// <summary>
    /// Before an entry: what Core changed goes into the VMCS, which is the current one then, and stale translations go. False when the guest must not be entered.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal bool BeforeEntry()
    {
        var vmcs = Vmcs;
        if (Rip != Fields.Rip) vmcs.Write(VmcsFieldNatural.GuestRip, Rip);
        if (Registers.Rsp != Fields.Rsp) vmcs.Write(VmcsFieldNatural.GuestRsp, Registers.Rsp);
        if (Rflags != Fields.Rflags) vmcs.Write(VmcsFieldNatural.GuestRflags, (ulong)Rflags);
        if (InterruptShadow != ((Fields.Interruptibility & Shadow) != 0)) WriteShadow(vmcs);
        if (_features.Uses(PrimaryControls.UseTprShadow)) BeforeApicEntry(vmcs);
        return !_flush || TryFlush();
    }

    /// <summary>After an exit: what Core looks at.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal void AfterExit()
    {
        // An entry that fails leaves the VMCS as it was, launched or not (27.8).
        IsLaunched |= !Fields.Reason.IsEntryFailure;
        Rip = Fields.Rip;
        Rflags = Fields.Rflags;
        InterruptShadow = (Fields.Interruptibility & Shadow) != 0;
        _injectsNmi = false;
        AfterApicExit(Vmcs);
    }

    /// <summary>Setting CR0 asks for a flush, so this is where a mode is met that the CPU would not run: it would run another instead.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private bool TryFlush()
    {
        if (NeedsUnrestrictedGuest) return false;
        _flush = false;
        _cpu.Flush(_eptPointer, _vpid.Value);
        return true;
    }
}
