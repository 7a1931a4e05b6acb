using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>What of VMX a CPU has, and which of it a vCPU uses. Read once.</summary>
public sealed partial class VmxFeatures
{
    private const uint StandardFeatures = 1, LargestExtended = 0x8000_0000, AddressSizes = 0x8000_0008;
    private const uint VmxBit = 1 << 5;
    private const int LeastPhysicalBits = 36, LeastLinearBits = 48;

    // IA32_VMX_BASIC (A.1).
    private const ulong RevisionMask = 0x7FFF_FFFF, SizeMask = 0x1FFF, TypeMask = 0xF;
    private const int SizeShift = 32, TypeShift = 50;
    private const ulong AddressesOf32Bits = 1UL << 48, PortInstructionInformation = 1UL << 54, TrueControls = 1UL << 55, AnyErrorCode = 1UL << 56;

    // IA32_VMX_MISC (A.6).
    private const ulong PreemptionShiftMask = 0x1F, ActivityMask = 7, Cr3TargetMask = 0x1FF, ZeroLength = 1 << 30;
    private const int ActivityShift = 6, Cr3TargetShift = 16;

    private readonly ulong _basic;
    private readonly ulong _miscellaneous;

    private readonly bool _deliversInterrupts;

    private VmxFeatures(Cpu cpu, bool deliversInterrupts)
    {
        _deliversInterrupts = deliversInterrupts;
        _basic = Read(cpu, CapabilityMsr.Basic);
        _miscellaneous = Read(cpu, CapabilityMsr.Miscellaneous);
        uint offset = HasTrueControls ? CapabilityMsr.TrueOffset : 0;
        Pin = new ControlCapability(Read(cpu, CapabilityMsr.PinControls + offset));
        Primary = new ControlCapability(Read(cpu, CapabilityMsr.PrimaryControls + offset));
        Exit = new ControlCapability(Read(cpu, CapabilityMsr.ExitControls + offset));
        Entry = new ControlCapability(Read(cpu, CapabilityMsr.EntryControls + offset));
        if (Allows(PrimaryControls.ActivateSecondaryControls)) Secondary = new ControlCapability(Read(cpu, CapabilityMsr.SecondaryControls));
        if (Allows(SecondaryControls.EnableEpt) || Allows(SecondaryControls.EnableVpid))
            EptVpid = (EptVpidCapabilities)Read(cpu, CapabilityMsr.EptVpid);
        Cr0Required = (Cr0)Read(cpu, CapabilityMsr.Cr0Required);
        Cr0Allowed = (Cr0)Read(cpu, CapabilityMsr.Cr0Allowed);
        Cr4Required = (Cr4)Read(cpu, CapabilityMsr.Cr4Required);
        Cr4Allowed = (Cr4)Read(cpu, CapabilityMsr.Cr4Allowed);
        (PhysicalAddressBits, LinearAddressBits) = ReadAddressSizes(cpu);
        Switched = SwitchedFeatures.Read(cpu);
        Signature = cpu.ReadCpuid(StandardFeatures, 0).Eax;
        Choose();
    }

    /// <summary>Asks a CPU. Null when it has no VMX at all.</summary>
    /// <param name="cpu">The CPU, which is the one that calls.</param>
    /// <param name="deliversInterrupts">False where hardware is not to deliver guests' interrupts, though it may be able to.</param>
    public static VmxFeatures? Read(Cpu cpu, bool deliversInterrupts = true) =>
        (cpu.ReadCpuid(StandardFeatures, 0).Ecx & VmxBit) != 0 ? new VmxFeatures(cpu, deliversInterrupts) : null;

    /// <summary>What the first 31 bits of the VMXON region and of a VMCS must be.</summary>
    public uint Revision => (uint)(_basic & RevisionMask);

    /// <summary>Bytes of the VMXON region and of a VMCS: 4096 at most.</summary>
    public int RegionSize => (int)(_basic >> SizeShift & SizeMask);

    /// <summary>Whether these, and what a VMCS points to, must lie below 4 GiB.</summary>
    public bool NeedsLowMemory => (_basic & AddressesOf32Bits) != 0;

    /// <summary>The memory type in which the CPU accesses a VMCS: 6 is WB, 0 UC.</summary>
    public int RegionMemoryType => (int)(_basic >> TypeShift & TypeMask);

    /// <summary>Whether exits by INS and OUTS say the size of the address and the segment.</summary>
    public bool HasPortInstructionInformation => (_basic & PortInstructionInformation) != 0;

    /// <summary>Whether the capabilities are those of the true MSRs, which let more controls be 0.</summary>
    public bool HasTrueControls => (_basic & TrueControls) != 0;

    /// <summary>Whether an exception may be injected with or without an error code, whatever its vector.</summary>
    public bool AllowsAnyErrorCode => (_basic & AnyErrorCode) != 0;

    /// <summary>The preemption timer counts down each time that this bit of the TSC changes.</summary>
    public int PreemptionTimerShift => (int)(_miscellaneous & PreemptionShiftMask);

    /// <summary>How many CR3 targets there are.</summary>
    public uint Cr3Targets => (uint)(_miscellaneous >> Cr3TargetShift & Cr3TargetMask);

    /// <summary>Whether software events may be injected with an instruction length of 0.</summary>
    public bool AllowsZeroLength => (_miscellaneous & ZeroLength) != 0;

    /// <summary>Whether a guest may be entered in an activity state.</summary>
    public bool Allows(ActivityState state) => state == ActivityState.Active
        || (state <= ActivityState.WaitForStartup && ((_miscellaneous >> ActivityShift & ActivityMask) >> (int)state - 1 & 1) != 0);

    /// <summary>What the pin-based controls may be.</summary>
    public ControlCapability Pin { get; }
    /// <summary>What the primary processor-based controls may be.</summary>
    public ControlCapability Primary { get; }
    /// <summary>What the secondary processor-based controls may be; nothing where there are none.</summary>
    public ControlCapability Secondary { get; }
    /// <summary>What the VM-exit controls may be.</summary>
    public ControlCapability Exit { get; }
    /// <summary>What the VM-entry controls may be, <see cref="EntryControls.Ia32eModeGuest"/> among them.</summary>
    public ControlCapability Entry { get; }
    /// <summary>What EPT and VPID can do.</summary>
    public EptVpidCapabilities EptVpid { get; }

    /// <summary>The bits of CR0 that must be 1 in VMX operation; with an unrestricted guest, PE and PG may be 0 in the guest.</summary>
    public Cr0 Cr0Required { get; }
    /// <summary>The bits of CR0 that may be 1.</summary>
    public Cr0 Cr0Allowed { get; }
    /// <summary>The bits of CR4 that must be 1 in VMX operation, VMXE among them.</summary>
    public Cr4 Cr4Required { get; }
    /// <summary>The bits of CR4 that may be 1.</summary>
    public Cr4 Cr4Allowed { get; }

    /// <summary>Bits of a physical address.</summary>
    public int PhysicalAddressBits { get; }
    /// <summary>Bits of a linear address: 48, or 57 where there is five-level paging.</summary>
    public int LinearAddressBits { get; }

    /// <summary>Family, model and stepping: CPUID 1 EAX.</summary>
    public uint Signature { get; }

    /// <summary>What is switched with a vCPU besides its VMCS.</summary>
    public SwitchedFeatures Switched { get; }

    /// <summary>3 where EPT has pages of 1 GiB, 2 where it has those of 2 MiB, else 1.</summary>
    public int LargestPageLevel => Has(EptVpidCapabilities.Pages1G) ? 3 : Has(EptVpidCapabilities.Pages2M) ? 2 : 1;

    /// <summary>Whether EPT and VPID can do all of <paramref name="capabilities"/>.</summary>
    public bool Has(EptVpidCapabilities capabilities) => (EptVpid & capabilities) == capabilities;

    /// <summary>Whether the CPU can set all of <paramref name="controls"/>.</summary>
    public bool Allows(PinControls controls) => Pin.Allows((uint)controls);
    /// <summary>Whether the CPU can set all of <paramref name="controls"/>.</summary>
    public bool Allows(PrimaryControls controls) => Primary.Allows((uint)controls);
    /// <summary>Whether the CPU can set all of <paramref name="controls"/>.</summary>
    public bool Allows(SecondaryControls controls) => Secondary.Allows((uint)controls);

    private static ulong Read(Cpu cpu, uint msr)
    {
        cpu.TryReadMsr(msr, out ulong value);
        return value;
    }

    private static (int Physical, int Linear) ReadAddressSizes(Cpu cpu)
    {
        if (cpu.ReadCpuid(LargestExtended, 0).Eax < AddressSizes) return (LeastPhysicalBits, LeastLinearBits);
        uint sizes = cpu.ReadCpuid(AddressSizes, 0).Eax;
        return ((byte)sizes, (byte)(sizes >> 8));
    }
}
