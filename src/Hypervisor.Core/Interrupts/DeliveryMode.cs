namespace Lamina.Core;

/// <summary>How an interrupt message is delivered: the delivery mode of ICR, I/O APIC entries and MSI (AMD APM vol. 2, 16.5; Intel SDM vol. 3, 11.6.1).</summary>
public enum DeliveryMode : byte
{
    /// <summary>The vector, at all destinations.</summary>
    Fixed = 0,
    /// <summary>The vector, at the destination of the lowest priority.</summary>
    LowestPriority = 1,
    /// <summary>SMI; not modelled.</summary>
    Smi = 2,
    /// <summary>NMI; the vector is ignored.</summary>
    Nmi = 4,
    /// <summary>INIT.</summary>
    Init = 5,
    /// <summary>Start-up: the vector is the page to start at.</summary>
    Startup = 6,
    /// <summary>ExtINT: the vector comes from the 8259.</summary>
    External = 7,
}
