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
    private const uint DeliveryStatus = 1 << 12;

    private ApicBase _base;
    private byte _taskPriority;
    private uint _spuriousVector;
    private uint _logicalDestination;
    private uint _destinationFormat;
    private ulong _command;
    private ApicErrors _errors;
    private ApicErrors _latchedErrors;
    private LocalVector _timerVector, _thermalVector, _performanceVector, _lint0, _lint1, _errorVector;

    private void ResetRegisters()
    {
        _taskPriority = 0;
        _spuriousVector = 0xFF;
        _logicalDestination = 0;
        _destinationFormat = FlatModel | DestinationFormatOnes;
        _command = 0;
        _errors = _latchedErrors = ApicErrors.None;
        _timerVector = _thermalVector = _performanceVector = _lint0 = _lint1 = _errorVector = LocalVector.Masked;
    }

    /// <summary>GPA of the registers' page; meaningful while <see cref="IsMemoryMapped"/>.</summary>
    public ulong BaseAddress => (ulong)(_base & ApicBase.AddressMask);

    /// <summary>Whether the registers are in memory: xAPIC mode.</summary>
    public bool IsMemoryMapped => (_base & (ApicBase.Enabled | ApicBase.X2Apic)) == ApicBase.Enabled;

    /// <summary>Whether the APIC is enabled at all: xAPIC or x2APIC mode.</summary>
    public bool IsEnabled => (_base & ApicBase.Enabled) != 0;

    private bool IsX2Apic => (_base & ApicBase.X2Apic) != 0;
    private bool IsSoftwareEnabled => (_spuriousVector & SoftwareEnable) != 0;
    private bool IsFlatModel => (_destinationFormat & FlatModel) == FlatModel;

    /// <summary>LDR. In x2APIC mode it follows from the ID: cluster in the upper half, one bit of 16 in the lower.</summary>
    private uint LogicalDestination =>
        IsX2Apic ? (uint)_vcpu.Index >> 4 << 16 | 1u << (_vcpu.Index & 15) : _logicalDestination;

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
        if (from != to) _vcpu.Kick();
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
                value = _command;
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
                _command = value & ~(ulong)DeliveryStatus;
                Send(_command);
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
        switch (register)
        {
            case LocalApicRegister.Id: value = IsX2Apic ? (uint)_vcpu.Index : (uint)_vcpu.Index << 24; break;
            case LocalApicRegister.Version: value = VersionValue; break;
            case LocalApicRegister.TaskPriority: value = _taskPriority; break;
            case LocalApicRegister.ProcessorPriority: value = ProcessorPriority; break;
            case LocalApicRegister.EndOfInterrupt: value = 0; break;
            case LocalApicRegister.LogicalDestination: value = LogicalDestination; break;
            case LocalApicRegister.DestinationFormat: value = _destinationFormat; break;
            case LocalApicRegister.SpuriousVector: value = _spuriousVector; break;
            case >= LocalApicRegister.InService and < LocalApicRegister.TriggerMode:
                value = _inService.Register(register - LocalApicRegister.InService);
                break;
            case >= LocalApicRegister.TriggerMode and < LocalApicRegister.InterruptRequest:
                value = _levelTriggered.Register(register - LocalApicRegister.TriggerMode);
                break;
            case >= LocalApicRegister.InterruptRequest and < LocalApicRegister.ErrorStatus:
                value = _requests.Register(register - LocalApicRegister.InterruptRequest);
                break;
            case LocalApicRegister.ErrorStatus: value = (uint)_latchedErrors; break;
            case LocalApicRegister.InterruptCommand: value = (uint)_command; break;
            case LocalApicRegister.InterruptCommandHigh: value = (uint)(_command >> 32); break;
            case LocalApicRegister.TimerVector: value = (uint)_timerVector; break;
            case LocalApicRegister.ThermalVector: value = (uint)_thermalVector; break;
            case LocalApicRegister.PerformanceVector: value = (uint)_performanceVector; break;
            case LocalApicRegister.Lint0Vector: value = (uint)_lint0; break;
            case LocalApicRegister.Lint1Vector: value = (uint)_lint1; break;
            case LocalApicRegister.ErrorVector: value = (uint)_errorVector; break;
            case LocalApicRegister.TimerInitialCount: value = Timer.InitialCount; break;
            case LocalApicRegister.TimerCurrentCount: value = Timer.CurrentCount; break;
            case LocalApicRegister.TimerDivide: value = Timer.Divide; break;
            default:
                value = 0;
                return false;
        }
        return true;
    }

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
            case LocalApicRegister.LogicalDestination: _logicalDestination = value; break;
            case LocalApicRegister.DestinationFormat: _destinationFormat = value | DestinationFormatOnes; break;
            case LocalApicRegister.SpuriousVector: SetSpuriousVector(value); break;
            case LocalApicRegister.ErrorStatus:
                _latchedErrors = _errors;
                _errors = ApicErrors.None;
                break;
            case LocalApicRegister.InterruptCommandHigh: _command = (uint)_command | (ulong)value << 32; break;
            case LocalApicRegister.InterruptCommand:
                _command = _command & ~(ulong)uint.MaxValue | value;
                Send((ulong)(uint)(_command >> 56) << 32 | value);
                break;
            case LocalApicRegister.TimerVector:
                _timerVector = MaskedWhileDisabled(value);
                Timer.Mode = _timerVector & LocalVector.TimerModeMask;
                break;
            case LocalApicRegister.ThermalVector: _thermalVector = MaskedWhileDisabled(value); break;
            case LocalApicRegister.PerformanceVector: _performanceVector = MaskedWhileDisabled(value); break;
            case LocalApicRegister.Lint0Vector:
                _lint0 = MaskedWhileDisabled(value);
                // The 8259 pair may have waited for that.
                if (AcceptsExternalInterrupts) _vcpu.Kick();
                break;
            case LocalApicRegister.Lint1Vector: _lint1 = MaskedWhileDisabled(value); break;
            case LocalApicRegister.ErrorVector: _errorVector = MaskedWhileDisabled(value); break;
            case LocalApicRegister.TimerInitialCount: Timer.InitialCount = value; break;
            case LocalApicRegister.TimerDivide: Timer.Divide = value; break;
            // Read-only in xAPIC mode: ignored. In x2APIC mode: #GP.
            case LocalApicRegister.Id or LocalApicRegister.Version or LocalApicRegister.ProcessorPriority or LocalApicRegister.TimerCurrentCount
                or (>= LocalApicRegister.InService and < LocalApicRegister.ErrorStatus):
                return !IsX2Apic;
            default: return false;
        }
        return true;
    }

    private void SetTaskPriority(byte value)
    {
        bool lowered = value < _taskPriority;
        _taskPriority = value;
        if (lowered) KickIfPending();
    }

    private void SetSpuriousVector(uint value)
    {
        _spuriousVector = value;
        if (IsSoftwareEnabled)
        {
            KickIfPending();
            return;
        }
        _timerVector |= LocalVector.Masked;
        _thermalVector |= LocalVector.Masked;
        _performanceVector |= LocalVector.Masked;
        _lint0 |= LocalVector.Masked;
        _lint1 |= LocalVector.Masked;
        _errorVector |= LocalVector.Masked;
    }

    /// <summary>While the APIC is disabled by software, mask bits cannot be cleared (Intel SDM vol. 3, 11.4.7.2).</summary>
    private LocalVector MaskedWhileDisabled(uint value) => (LocalVector)value | (IsSoftwareEnabled ? 0 : LocalVector.Masked);
}
