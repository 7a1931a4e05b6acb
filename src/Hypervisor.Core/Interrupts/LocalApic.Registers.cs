using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>The registers of a local APIC: the xAPIC's page and the x2APIC's MSRs are two doors to the same ones.</summary>
public sealed partial class LocalApic
{
    /// <summary>The first MSR of x2APIC mode.</summary>
    public const uint FirstMsr = 0x800;
    /// <summary>How many MSRs are the x2APIC's.</summary>
    public const uint MsrCount = 0x100;
    /// <summary>GPA of the registers' page after RESET.</summary>
    public const ulong DefaultAddress = 0xFEE0_0000;
    /// <summary>Bytes of the registers' page.</summary>
    public const ulong PageSize = 0x1000;

    private const int ModeShift = 8;
    private const int RegisterShift = 4;
    private const uint SoftwareEnable = 1 << 8;
    private const uint FlatModel = 0xF000_0000;
    private const uint VersionValue = 0x14 | LastLocalVector << 16;
    private const uint LastLocalVector = 5;
    private const uint LogicalDestinationMask = 0xFF00_0000;
    private const uint DestinationFormatOnes = 0x0FFF_FFFF;
    private const uint SpuriousVectorMask = 0xFF | SoftwareEnable | 1 << 9;
    /// <summary>ICR: all but the delivery status, which always reads idle, and reserved bits.</summary>
    private const uint CommandMask = 0x000C_CFFF;
    /// <summary>ICR bits 32 to 63 in xAPIC mode.</summary>
    private const uint CommandDestinationMask = 0xFF00_0000;
    private const uint DeliveryStatus = 1 << 12;

    /// <summary>Which registers can be read: a bit each, by number. The 24 of <see cref="VectorRegisters"/> are ISR, TMR and IRR.</summary>
    private const ulong Readable = 1UL << (int)LocalApicRegister.Id | 1UL << (int)LocalApicRegister.Version
        | 1UL << (int)LocalApicRegister.TaskPriority | 1UL << (int)LocalApicRegister.ProcessorPriority | 1UL << (int)LocalApicRegister.EndOfInterrupt
        | 1UL << (int)LocalApicRegister.LogicalDestination | 1UL << (int)LocalApicRegister.DestinationFormat
        | 1UL << (int)LocalApicRegister.SpuriousVector | VectorRegisters << (int)LocalApicRegister.InService | 1UL << (int)LocalApicRegister.ErrorStatus
        | 1UL << (int)LocalApicRegister.InterruptCommand | 1UL << (int)LocalApicRegister.InterruptCommandHigh
        | LocalVectors << (int)LocalApicRegister.TimerVector | 1UL << (int)LocalApicRegister.TimerInitialCount
        | 1UL << (int)LocalApicRegister.TimerCurrentCount | 1UL << (int)LocalApicRegister.TimerDivide;
    private const ulong VectorRegisters = 0xFF_FFFF;
    private const ulong LocalVectors = (1 << (int)LastLocalVector + 1) - 1;

    private ApicBase _base;
    private ApicErrors _errors;

    private void ResetRegisters()
    {
        ref var registers = ref Registers;
        registers = default;
        registers.Version = VersionValue;
        registers.DestinationFormat = FlatModel | DestinationFormatOnes;
        registers.SpuriousVector = byte.MaxValue;
        registers.TimerVector = registers.ThermalVector = registers.PerformanceVector = LocalVector.Masked;
        registers.Lint0Vector = registers.Lint1Vector = registers.ErrorVector = LocalVector.Masked;
        _errors = ApicErrors.None;
        ShowIdentity();
    }

    /// <summary>What follows from the vCPU's number: the ID, and in x2APIC mode LDR, the cluster in its upper half and one bit of 16 in the lower.</summary>
    private void ShowIdentity()
    {
        uint id = (uint)_vcpu.Index;
        Registers.Id = IsX2Apic ? id : id << 24;
        if (IsX2Apic) Registers.LogicalDestination = id >> 4 << 16 | 1u << (int)(id & 15);
    }

    /// <summary>GPA of the registers' page; meaningful while <see cref="IsMemoryMapped"/>.</summary>
    public ulong BaseAddress => (ulong)(_base & ApicBase.AddressMask);

    /// <summary>Whether the registers are in memory: xAPIC mode.</summary>
    public bool IsMemoryMapped => (_base & (ApicBase.Enabled | ApicBase.X2Apic)) == ApicBase.Enabled;

    /// <summary>Whether the APIC is enabled at all: xAPIC or x2APIC mode.</summary>
    public bool IsEnabled => (_base & ApicBase.Enabled) != 0;

    /// <summary>Whether the registers are MSRs: x2APIC mode.</summary>
    public bool IsX2Apic => (_base & ApicBase.X2Apic) != 0;

    /// <summary>Whether it takes and delivers interrupts: SVR's enable.</summary>
    public bool IsSoftwareEnabled
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (Registers.SpuriousVector & SoftwareEnable) != 0;
    }

    private bool IsFlatModel => (Registers.DestinationFormat & FlatModel) == FlatModel;

    /// <summary>The APIC_BASE MSR.</summary>
    public ApicBase Base => _base;

    /// <summary>
    /// Writes APIC_BASE. False, for #GP, on reserved bits and on mode changes that there are not: into x2APIC mode from disabled,
    /// from it back to xAPIC mode, EXTD without EN (AMD APM vol. 2, figure 16-31; Intel SDM vol. 3, 11.12.5).
    /// </summary>
    public bool TrySetBase(ApicBase value)
    {
        const ApicBase mode = ApicBase.Enabled | ApicBase.X2Apic;
        if ((value & ~(mode | ApicBase.BootProcessor | ApicBase.AddressMask)) != 0) return false;
        ApicBase from = _base & mode, to = value & mode;
        if (to == ApicBase.X2Apic || (to == mode && from == 0) || (to == ApicBase.Enabled && from == mode)) return false;
        _base = value & ~ApicBase.BootProcessor | _base & ApicBase.BootProcessor;
        if (to == 0 && from != 0) Initialize();
        ShowIdentity();
        _vcpu.State.ApicModeChanged(this);
        _vcpu.Kick();
        return true;
    }

    /// <summary>Reads an MSR of x2APIC mode. False, for #GP, when it is none, is write-only, or the mode is another.</summary>
    public bool TryReadMsr(uint msr, out ulong value)
    {
        value = 0;
        if (!IsX2Apic || msr - FirstMsr >= MsrCount) return false;
        var register = (LocalApicRegister)(msr - FirstMsr);
        switch (register)
        {
            case LocalApicRegister.InterruptCommand:
                value = Registers.InterruptCommand | (ulong)Registers.InterruptCommandDestination << 32;
                return true;
            case LocalApicRegister.InterruptCommandHigh:
            case LocalApicRegister.DestinationFormat:
            case LocalApicRegister.EndOfInterrupt:
                return false;
            default:
                bool exists = TryRead(register, out uint low);
                value = low;
                return exists;
        }
    }

    /// <summary>Writes an MSR of x2APIC mode. False, for #GP, when it is none, is read-only, reserved bits are set, or the mode is another.</summary>
    public bool TryWriteMsr(uint msr, ulong value)
    {
        if (!IsX2Apic || msr - FirstMsr >= MsrCount) return false;
        var register = (LocalApicRegister)(msr - FirstMsr);
        switch (register)
        {
            case LocalApicRegister.EndOfInterrupt:
                if (value != 0) return false;
                EndOfInterrupt();
                return true;
            case LocalApicRegister.InterruptCommand:
                if (((uint)value & ~(CommandMask | DeliveryStatus)) != 0) return false;
                Registers.InterruptCommand = (uint)value & CommandMask;
                Registers.InterruptCommandDestination = (uint)(value >> 32);
                Send(value);
                return true;
            case LocalApicRegister.SelfInterrupt:
                if (value > byte.MaxValue) return false;
                Send((uint)InterruptShorthand.Self << 18 | (uint)value);
                return true;
            case LocalApicRegister.InterruptCommandHigh:
            case LocalApicRegister.DestinationFormat:
            case LocalApicRegister.LogicalDestination:
                return false;
            case LocalApicRegister.ErrorStatus:
                if (value != 0) return false;
                break;
            case >= LocalApicRegister.TimerVector and <= LocalApicRegister.ErrorVector:
                value &= ~(ulong)LocalVector.ReadOnlyMask;
                break;
        }
        return (value & ~(ulong)WritableBits(register)) == 0 && TryWrite(register, (uint)value);
    }

    /// <summary>Reads the registers' page: a register is 32 bits at each 16th byte; what lies between reads as zero.</summary>
    public override ulong ReadMemory(ulong offset, int size)
    {
        int within = (int)offset & 0xF;
        if (within >= sizeof(uint)) return 0;
        if (!TryRead((LocalApicRegister)(offset >> RegisterShift), out uint value)) Report(ApicErrors.IllegalRegister);
        return value >> 8 * within;
    }

    /// <summary>Writes the registers' page. Only aligned writes of 32 bits or more do something, as the manuals ask for.</summary>
    public override void WriteMemory(ulong offset, int size, ulong value)
    {
        var register = (LocalApicRegister)(offset >> RegisterShift);
        if (register == LocalApicRegister.EndOfInterrupt)
        {
            EndOfInterrupt();
            return;
        }
        if ((offset & 0xF) != 0 || size < sizeof(uint)) return;
        if (!TryWrite(register, (uint)value & WritableBits(register))) Report(ApicErrors.IllegalRegister);
    }

    private bool TryRead(LocalApicRegister register, out uint value)
    {
        value = register switch
        {
            LocalApicRegister.ProcessorPriority => ProcessorPriority,
            LocalApicRegister.TimerCurrentCount => Timer.CurrentCount,
            _ => Registers[register],
        };
        return IsReadable(register);
    }

    private static bool IsReadable(LocalApicRegister register) => register <= LocalApicRegister.SelfInterrupt && (Readable >> (int)register & 1) != 0;

    /// <summary>Which bits of a register can be set: in xAPIC mode the others are ignored, in x2APIC mode they raise #GP.</summary>
    private static uint WritableBits(LocalApicRegister register)
    {
        const LocalVector vector = LocalVector.VectorMask | LocalVector.Masked;
        const LocalVector pin = vector | LocalVector.ModeMask | LocalVector.ActiveLow | LocalVector.LevelTriggered;
        return register switch
        {
            LocalApicRegister.TaskPriority => byte.MaxValue,
            LocalApicRegister.LogicalDestination => LogicalDestinationMask,
            LocalApicRegister.DestinationFormat => FlatModel,
            LocalApicRegister.SpuriousVector => SpuriousVectorMask,
            LocalApicRegister.InterruptCommand => CommandMask,
            LocalApicRegister.InterruptCommandHigh => CommandDestinationMask,
            LocalApicRegister.TimerVector => (uint)(vector | LocalVector.TimerModeMask),
            LocalApicRegister.ThermalVector or LocalApicRegister.PerformanceVector => (uint)(vector | LocalVector.ModeMask),
            LocalApicRegister.Lint0Vector or LocalApicRegister.Lint1Vector => (uint)pin,
            LocalApicRegister.ErrorVector => (uint)vector,
            LocalApicRegister.TimerDivide => LocalApicTimer.DivideMask,
            _ => uint.MaxValue,
        };
    }

    /// <summary>Writes a register; <paramref name="value"/> has writable bits only. False when there is no such register to write.</summary>
    private bool TryWrite(LocalApicRegister register, uint value)
    {
        switch (register)
        {
            case LocalApicRegister.TaskPriority: SetTaskPriority((byte)value); break;
            case LocalApicRegister.LogicalDestination: Registers.LogicalDestination = value; break;
            case LocalApicRegister.DestinationFormat: Registers.DestinationFormat = value | DestinationFormatOnes; break;
            case LocalApicRegister.SpuriousVector: SetSpuriousVector(value); break;
            case LocalApicRegister.ErrorStatus:
                Registers.ErrorStatus = _errors;
                _errors = ApicErrors.None;
                break;
            case LocalApicRegister.InterruptCommandHigh: Registers.InterruptCommandHigh = value; break;
            case LocalApicRegister.InterruptCommand:
                Registers.InterruptCommand = value;
                Send((ulong)(Registers.InterruptCommandHigh >> 24) << 32 | value);
                break;
            case LocalApicRegister.TimerVector:
                var timer = MaskedWhileDisabled(value);
                Registers.TimerVector = timer;
                Timer.Mode = timer & LocalVector.TimerModeMask;
                break;
            case LocalApicRegister.Lint0Vector:
                Registers.Lint0Vector = MaskedWhileDisabled(value);
                // The 8259 pair may have waited for that.
                if (AcceptsExternalInterrupts) _vcpu.Kick();
                break;
            case LocalApicRegister.ThermalVector or LocalApicRegister.PerformanceVector or LocalApicRegister.Lint1Vector or LocalApicRegister.ErrorVector:
                Registers[register] = (uint)MaskedWhileDisabled(value);
                break;
            case LocalApicRegister.TimerInitialCount: Timer.InitialCount = value; break;
            case LocalApicRegister.TimerDivide: Timer.Divide = value; break;
            // Read-only in xAPIC mode: ignored. In x2APIC mode: #GP.
            case LocalApicRegister.Id:
                // Hardware may have stored it.
                ShowIdentity();
                return !IsX2Apic;
            case LocalApicRegister.Version or LocalApicRegister.ProcessorPriority or LocalApicRegister.TimerCurrentCount
                or (>= LocalApicRegister.InService and < LocalApicRegister.ErrorStatus):
                return !IsX2Apic;
            default: return false;
        }
        return true;
    }

    private void SetTaskPriority(byte value)
    {
        bool lowered = value < Registers.TaskPriority;
        Registers.TaskPriority = value;
        if (lowered) KickIfPending();
    }

    private void SetSpuriousVector(uint value)
    {
        Registers.SpuriousVector = value;
        _vcpu.State.ApicModeChanged(this);
        if (IsSoftwareEnabled)
        {
            KickIfPending();
            return;
        }
        for (var entry = LocalApicRegister.TimerVector; entry <= LocalApicRegister.ErrorVector; entry++) Registers[entry] |= (uint)LocalVector.Masked;
    }

    /// <summary>While the APIC is disabled by software, mask bits cannot be cleared (Intel SDM vol. 3, 11.4.7.2).</summary>
    private LocalVector MaskedWhileDisabled(uint value) => (LocalVector)value | (IsSoftwareEnabled ? 0 : LocalVector.Masked);
}
