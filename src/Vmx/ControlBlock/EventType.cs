namespace Lamina.Vmx;

/// <summary>The type of an event (Intel SDM vol. 3, 25.8.3, table 25-17; of exits: tables 25-20 and 25-21). 1 is reserved.</summary>
public enum EventType : byte
{
    /// <summary>An external interrupt.</summary>
    ExternalInterrupt = 0,
    /// <summary>An NMI.</summary>
    NonMaskableInterrupt = 2,
    /// <summary>An exception that the CPU raised.</summary>
    HardwareException = 3,
    /// <summary>INT n.</summary>
    SoftwareInterrupt = 4,
    /// <summary>INT1.</summary>
    PrivilegedSoftwareException = 5,
    /// <summary>INT3 or INTO.</summary>
    SoftwareException = 6,
    /// <summary>No event: a monitor-trap-flag exit waits (entries only).</summary>
    Other = 7,
}
