namespace Lamina.Core;

/// <summary>
/// The registers of a local APIC by number: an MMIO offset divided by 16 (xAPIC), or an MSR less 0x800 (x2APIC)
/// (AMD APM vol. 2, table 16-2 and 16.11; Intel SDM vol. 3, tables 11-1 and 11-6).
/// </summary>
public enum LocalApicRegister : byte
{
    /// <summary>APIC ID.</summary>
    Id = 0x02,
    /// <summary>Version, and how many LVT entries.</summary>
    Version = 0x03,
    /// <summary>TPR.</summary>
    TaskPriority = 0x08,
    /// <summary>PPR, read-only.</summary>
    ProcessorPriority = 0x0A,
    /// <summary>EOI, write-only.</summary>
    EndOfInterrupt = 0x0B,
    /// <summary>LDR: read-only in x2APIC mode.</summary>
    LogicalDestination = 0x0D,
    /// <summary>DFR: not in x2APIC mode.</summary>
    DestinationFormat = 0x0E,
    /// <summary>SVR: the spurious vector and the software enable.</summary>
    SpuriousVector = 0x0F,
    /// <summary>ISR, the first of eight.</summary>
    InService = 0x10,
    /// <summary>TMR, the first of eight.</summary>
    TriggerMode = 0x18,
    /// <summary>IRR, the first of eight.</summary>
    InterruptRequest = 0x20,
    /// <summary>ESR.</summary>
    ErrorStatus = 0x28,
    /// <summary>ICR bits 0 to 31; all 64 bits in x2APIC mode.</summary>
    InterruptCommand = 0x30,
    /// <summary>ICR bits 32 to 63: not in x2APIC mode.</summary>
    InterruptCommandHigh = 0x31,
    /// <summary>LVT: timer.</summary>
    TimerVector = 0x32,
    /// <summary>LVT: thermal sensor.</summary>
    ThermalVector = 0x33,
    /// <summary>LVT: performance counters.</summary>
    PerformanceVector = 0x34,
    /// <summary>LVT: LINT0, where the 8259 pair is wired.</summary>
    Lint0Vector = 0x35,
    /// <summary>LVT: LINT1, the NMI pin.</summary>
    Lint1Vector = 0x36,
    /// <summary>LVT: errors.</summary>
    ErrorVector = 0x37,
    /// <summary>Timer: initial count.</summary>
    TimerInitialCount = 0x38,
    /// <summary>Timer: current count, read-only.</summary>
    TimerCurrentCount = 0x39,
    /// <summary>Timer: divide configuration.</summary>
    TimerDivide = 0x3E,
    /// <summary>SELF IPI: in x2APIC mode alone, write-only.</summary>
    SelfInterrupt = 0x3F,
}
