namespace Lamina.Core;

/// <summary>
/// A vCPU's architectural state, the same for both vendors. Backends derive from it (SvmVcpuState, VmxVcpuState); tests use plain fields.
/// <para>
/// What nearly every exit touches is copied at once: the general registers, RIP, RFLAGS and the interrupt shadow. All else is
/// fetched from and written to the control block only when touched: each property below is one virtual call.
/// </para>
/// <para>
/// May be used only by the CPU that owns the vCPU, between an exit and the next entry (or before the first one). It goes to another by <see cref="Leave"/> there and
/// then <see cref="Adopt"/> here; between the two it is nobody's.
/// </para>
/// </summary>
public abstract class VcpuState
{
    /// <summary>The general registers, RAX and RSP included.</summary>
    public GeneralRegisters Registers;

    /// <summary>The address of the next instruction: an offset in CS.</summary>
    public ulong Rip;

    /// <summary>RFLAGS.</summary>
    public Rflags Rflags;

    /// <summary>Whether interrupts are held off for one instruction (after STI or MOV SS).</summary>
    public bool InterruptShadow;

    /// <summary>CR0 as the guest sees it. The setter stores; it does not check.</summary>
    public abstract Cr0 Cr0 { get; set; }
    /// <summary>CR2: the linear address of the last page fault.</summary>
    public abstract ulong Cr2 { get; set; }
    /// <summary>CR3: GPA of the root table, PCID or cache bits in the low bits. Setting it flushes the vCPU's non-global translations.</summary>
    public abstract ulong Cr3 { get; set; }
    /// <summary>CR4 as the guest sees it. The setter stores; it does not check.</summary>
    public abstract Cr4 Cr4 { get; set; }
    /// <summary>The bits of CR4 that a guest of this CPU may set, for writes that exit.</summary>
    public virtual Cr4 SettableCr4 => (Cr4)uint.MaxValue;
    /// <summary>
    /// Under VT-x the four entries of PAE's root table are part of the vCPU's state, and a write of CR0 or CR4 that exits has to load them. AMD-V reads them
    /// from memory itself.
    /// </summary>
    public virtual void SetPageDirectoryPointer(int number, ulong entry) { }
    /// <summary>EFER as the guest sees it, without SVME.</summary>
    public abstract Efer Efer { get; set; }
    /// <summary>XCR0: which XSAVE components the guest has enabled.</summary>
    public abstract ulong Xcr0 { get; set; }
    /// <summary>DR6.</summary>
    public abstract ulong Dr6 { get; set; }
    /// <summary>DR7.</summary>
    public abstract ulong Dr7 { get; set; }
    /// <summary>The page attribute table MSR.</summary>
    public abstract ulong Pat { get; set; }
    /// <summary>The current privilege level, 0 to 3.</summary>
    public abstract int PrivilegeLevel { get; set; }

    /// <summary>DR0 to DR3; <paramref name="number"/> is taken modulo 4.</summary>
    public abstract ulong GetDebugAddress(int number);
    /// <summary>Sets DR0 to DR3; <paramref name="number"/> is taken modulo 4.</summary>
    public abstract void SetDebugAddress(int number, ulong value);

    /// <summary>A segment or descriptor-table register with its hidden part.</summary>
    public abstract SegmentRegister GetSegment(SegmentName name);
    /// <summary>Sets a segment or descriptor-table register with its hidden part; nothing is checked.</summary>
    public abstract void SetSegment(SegmentName name, in SegmentRegister value);

    /// <summary>
    /// An MSR that the hardware switches with the vCPU: STAR, LSTAR, CSTAR, SF_MASK, KERNEL_GS_BASE, SYSENTER_CS/ESP/EIP, TSC_AUX.
    /// False when <paramref name="msr"/> is none of them.
    /// </summary>
    public abstract bool TryReadSwitchedMsr(uint msr, out ulong value);
    /// <summary>Sets such an MSR; the value was checked. False when <paramref name="msr"/> is none of them.</summary>
    public abstract bool TryWriteSwitchedMsr(uint msr, ulong value);

    /// <summary>What is added to the CPU's TSC to give the guest's, modulo 2^64.</summary>
    public abstract ulong TscOffset { get; set; }

    /// <summary>The page (HVA) in which the vCPU's local APIC keeps its registers. It stays the same until <see cref="Free"/>.</summary>
    public abstract unsafe VirtualApicPage* VirtualApic { get; }

    /// <summary>
    /// Whether hardware delivers the local APIC's interrupts by itself, from <see cref="VirtualApic"/>: then they are not injected (those of the 8259 pair
    /// are). True only while that APIC is enabled by software, for hardware does not look at that; the backend decides it in <see cref="ApicModeChanged"/>.
    /// </summary>
    public bool DeliversInterrupts { get; protected set; }

    /// <summary>
    /// The local APIC was reset or moved, or is in another mode: disabled, xAPIC or x2APIC, disabled or enabled by software, as <paramref name="apic"/> says. A
    /// backend whose hardware virtualizes APICs sees to how it does. Also called while the vCPU is made, and after each <see cref="Reset"/> but that of a
    /// start-up message, before which the APIC was reset.
    /// </summary>
    public virtual void ApicModeChanged(LocalApic apic) { }

    /// <summary>Which vectors are level-triggered has changed, and with it <see cref="LocalApic.EndOfInterruptExits"/>.</summary>
    public virtual void TriggerModesChanged() { }

    /// <summary>Delivers an event at the next entry. One at a time: the last call before the entry counts.</summary>
    public abstract void Inject(in VcpuEvent @event);

    /// <summary>Whether the vCPU is in an NMI handler (from an injected NMI to its IRET).</summary>
    public abstract bool NmiBlocked { get; set; }

    /// <summary>Asks for an <see cref="VmExitKind.InterruptWindow"/> exit as soon as a maskable interrupt could be taken. Cleared by that exit.</summary>
    public abstract void RequestInterruptWindow();
    /// <summary>Asks for an <see cref="VmExitKind.NmiWindow"/> exit as soon as an NMI could be taken. Cleared by that exit.</summary>
    public abstract void RequestNmiWindow();

    /// <summary>All translations of the vCPU, first and second level, are dropped before its next entry.</summary>
    public abstract void FlushTranslations();

    /// <summary>Puts everything into the state after RESET or INIT (AMD APM vol. 2, 14.1.3; Intel SDM vol. 3, table 10-1): real mode at F000:FFF0.</summary>
    public abstract void Reset();

    /// <summary>
    /// After <see cref="VmExitKind.EntryFailed"/>: which rule of the hardware the control block breaks, in words behind those of
    /// <paramref name="subject"/>, which may be none. Null when none that is known. Nothing is allocated.
    /// </summary>
    public virtual string? FindEntryFailure(out string subject)
    {
        subject = "";
        return null;
    }

    /// <summary>
    /// Takes all of it out of the physical CPU that calls, whose it is: registers that were left there, and what the hardware keeps of the control block (VMCLEAR:
    /// Intel SDM vol. 3, 25.11.1). Afterwards it is in memory alone, for another CPU to <see cref="Adopt"/> or for this one to enter again. None of the
    /// VM's vCPUs may be running. Harmless where nothing of it is in the CPU.
    /// </summary>
    public abstract void Leave();

    /// <summary>
    /// From now on it is <paramref name="cpu"/>'s, the CPU that calls; the one before has done <see cref="Leave"/>, and this one knows of it. Nothing that either
    /// CPU may have kept is relied on at the next entry: the control block is read anew (AMD APM vol. 2, 15.15.2), and the guest's translations begin with
    /// none (15.16; Intel SDM vol. 3, 29.4.3), even where the vCPU comes back to a CPU that it was on before.
    /// </summary>
    public abstract void Adopt(Cpu cpu);

    /// <summary>Gives back the pages that hold the state; it is not used again. Called by the CPU that the vCPU is assigned to, when its VM ends.</summary>
    public virtual void Free() { }

    /// <summary>Whether the CPU runs 64-bit code now: long mode with CS.L set. Backends say it in fewer steps.</summary>
    public virtual bool Is64Bit => (Efer & Core.Efer.LongModeActive) != 0 && GetSegment(SegmentName.Cs).Has(SegmentAttributes.Long);

    /// <summary>Whether the CPU is in real mode.</summary>
    public bool IsRealMode => (Cr0 & Core.Cr0.ProtectionEnable) == 0;

    /// <summary>
    /// Ends an emulated instruction at <paramref name="nextRip"/>: the interrupt shadow and RF are over, as after any instruction.
    /// TF is <see cref="VirtualCpu"/>'s matter.
    /// </summary>
    public void AdvanceTo(ulong nextRip)
    {
        Rip = nextRip;
        InterruptShadow = false;
        Rflags &= ~Core.Rflags.Resume;
    }
}
