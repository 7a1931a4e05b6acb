namespace Lamina.Core;

/// <summary>
/// An event to be delivered through a vCPU's IDT at its next entry: what EVENTINJ and the VM-entry interruption-information
/// field say (AMD APM vol. 2, 15.20; Intel SDM vol. 3, 25.8.3).
/// </summary>
public struct VcpuEvent
{
    /// <summary>Whether there is an event at all.</summary>
    public bool IsValid;
    /// <summary>What kind of event.</summary>
    public EventKind Kind;
    /// <summary>Its vector in the IDT.</summary>
    public byte Vector;
    /// <summary>Whether <see cref="ErrorCode"/> is pushed.</summary>
    public bool HasErrorCode;
    /// <summary>The error code to push.</summary>
    public uint ErrorCode;

    /// <summary>An external interrupt of a vector.</summary>
    public static VcpuEvent Interrupt(byte vector) => new() { IsValid = true, Kind = EventKind.Interrupt, Vector = vector };

    /// <summary>An NMI.</summary>
    public static VcpuEvent Nmi() =>
        new() { IsValid = true, Kind = EventKind.NonMaskableInterrupt, Vector = (byte)ExceptionVector.NonMaskableInterrupt };

    /// <summary>An exception without an error code.</summary>
    public static VcpuEvent Exception(ExceptionVector vector) =>
        new() { IsValid = true, Kind = EventKind.Exception, Vector = (byte)vector };

    /// <summary>An exception with an error code.</summary>
    public static VcpuEvent Exception(ExceptionVector vector, uint errorCode) =>
        new() { IsValid = true, Kind = EventKind.Exception, Vector = (byte)vector, HasErrorCode = true, ErrorCode = errorCode };
}
