using System.Runtime.CompilerServices;
using Lamina.Core;

namespace Lamina.Svm;

/// <summary>EVENTINJ and EXITINTINFO: an event on its way through the IDT (AMD APM vol. 2, 15.20, figure 15-4; 15.7.2).</summary>
public struct EventInjection
{
    private const ulong HasErrorCode = 1 << 11;
    private const ulong Valid = 1UL << 31;
    private const int TypeShift = 8;
    private const int TypeMask = 7;
    private const int ErrorCodeShift = 32;

    /// <summary>Bits 0–7 vector, 8–10 type, 11 error code valid, 31 valid, 32–63 error code.</summary>
    public ulong Value;

    /// <summary>V: whether there is an event.</summary>
    public readonly bool IsValid => (Value & Valid) != 0;

    /// <summary>TYPE.</summary>
    public readonly EventKind Kind => (EventKind)((Value >> TypeShift) & TypeMask);

    /// <summary>VECTOR.</summary>
    public readonly byte Vector => (byte)Value;

    /// <summary>The event in the hardware's words.</summary>
    public static EventInjection From(in VcpuEvent @event)
    {
        if (!@event.IsValid) return default;
        ulong value = Valid | @event.Vector | (ulong)@event.Kind << TypeShift;
        if (@event.HasErrorCode) value |= HasErrorCode | (ulong)@event.ErrorCode << ErrorCodeShift;
        return new EventInjection { Value = value };
    }

    /// <summary>The event in Core's words.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public readonly VcpuEvent ToEvent() => new()
    {
        IsValid = IsValid,
        Kind = Kind,
        Vector = Vector,
        HasErrorCode = (Value & HasErrorCode) != 0,
        ErrorCode = (uint)(Value >> ErrorCodeShift),
    };
}
