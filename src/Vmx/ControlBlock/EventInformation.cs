using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>
/// An event on its way through the IDT: the VM-entry interruption-information, VM-exit interruption-information and IDT-vectoring information fields
/// (Intel SDM vol. 3, 25.8.3, 25.9.2, 25.9.3). The error code is in a field of its own.
/// </summary>
public readonly struct EventInformation(uint value)
{
    private const uint ErrorCodeValid = 1 << 11;
    private const uint UnblockedNmis = 1 << 12;
    private const uint Valid = 1u << 31;
    private const int TypeShift = 8;
    private const uint TypeMask = 7;

    /// <summary>Bits 0–7 vector, 8–10 type, 11 error code valid, 12 NMI unblocking due to IRET (exits only), 31 valid.</summary>
    public uint Value { get; } = value;

    /// <summary>Whether there is an event.</summary>
    public bool IsValid => (Value & Valid) != 0;

    /// <summary>Its type.</summary>
    public EventType Type => (EventType)((Value >> TypeShift) & TypeMask);

    /// <summary>Its vector.</summary>
    public byte Vector => (byte)Value;

    /// <summary>Whether an error code goes with it.</summary>
    public bool HasErrorCode => (Value & ErrorCodeValid) != 0;

    /// <summary>Of an exit: the fault came of an IRET that had ended the blocking of NMIs; it is to be blocked again when the IRET is run again.</summary>
    public bool UnblockedByIret => (Value & UnblockedNmis) != 0;

    /// <summary>
    /// The event in the hardware's words; its error code is written to <see cref="VmcsField32.EntryExceptionErrorCode"/> besides. The manual forbids an error
    /// code where the guest is in real mode (27.2.1.3): see <see cref="WithoutErrorCode"/>.
    /// </summary>
    public static EventInformation From(in VcpuEvent @event)
    {
        if (!@event.IsValid) return default;
        uint value = Valid | @event.Vector | (uint)TypeOf(@event.Kind) << TypeShift;
        if (@event.HasErrorCode) value |= ErrorCodeValid;
        return new EventInformation(value);
    }

    /// <summary>The same event, and no error code is pushed.</summary>
    public EventInformation WithoutErrorCode() => new(Value & ~ErrorCodeValid);

    /// <summary>
    /// The event in Core's words. All three software types are <see cref="EventKind.SoftwareInterrupt"/>, which Core delivers by running the instruction again:
    /// an exit during their delivery leaves RIP at the instruction (28.3.3). INT1 as well, though its vector is that of #DB: as an
    /// exception it would come once for the delivery and once more for the instruction behind which its handler returns.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public VcpuEvent ToEvent(uint errorCode) => new()
    {
        IsValid = IsValid,
        Kind = KindOf(Type),
        Vector = Vector,
        HasErrorCode = HasErrorCode,
        ErrorCode = HasErrorCode ? errorCode : 0,
    };

    private static EventType TypeOf(EventKind kind) => kind switch
    {
        EventKind.Interrupt => EventType.ExternalInterrupt,
        EventKind.NonMaskableInterrupt => EventType.NonMaskableInterrupt,
        EventKind.SoftwareInterrupt => EventType.SoftwareInterrupt,
        _ => EventType.HardwareException,
    };

    private static EventKind KindOf(EventType type) => type switch
    {
        EventType.ExternalInterrupt => EventKind.Interrupt,
        EventType.NonMaskableInterrupt => EventKind.NonMaskableInterrupt,
        EventType.HardwareException => EventKind.Exception,
        _ => EventKind.SoftwareInterrupt,
    };
}
