namespace Lamina.Vmx;

/// <summary>How the APIC-access page was accessed (Intel SDM vol. 3, table 28-6, bits 12 to 15).</summary>
public enum ApicAccessType : byte
{
    /// <summary>A read by an instruction.</summary>
    Read = 0,
    /// <summary>A write by an instruction.</summary>
    Write = 1,
    /// <summary>A fetch.</summary>
    Fetch = 2,
    /// <summary>While an event was delivered.</summary>
    EventDelivery = 3,
    /// <summary>While an event was delivered, by a guest-physical address.</summary>
    PhysicalEventDelivery = 10,
    /// <summary>A fetch or an instruction, by a guest-physical address.</summary>
    Physical = 15,
}
