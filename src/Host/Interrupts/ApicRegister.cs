namespace Lamina.Host;

/// <summary>
/// Registers of the local APIC (AMD APM vol. 2, table 16-2; Intel SDM vol. 3, table 11-1), as offsets from its page; in x2APIC mode the MSR is
/// 0x800 + offset / 16.
/// </summary>
internal enum ApicRegister : uint
{
    /// <summary>ID.</summary>
    Id = 0x20,

    /// <summary>Version, and how many LVT entries there are.</summary>
    Version = 0x30,

    /// <summary>Task priority.</summary>
    TaskPriority = 0x80,

    /// <summary>End of interrupt.</summary>
    EndOfInterrupt = 0xB0,

    /// <summary>Spurious interrupt vector, and the software enable.</summary>
    SpuriousVector = 0xF0,

    /// <summary>In service, the first of 8 registers.</summary>
    InService = 0x100,

    /// <summary>Error status.</summary>
    ErrorStatus = 0x280,

    /// <summary>Interrupt command; in x2APIC mode all of it.</summary>
    InterruptCommand = 0x300,

    /// <summary>The upper half of the interrupt command, with the destination; of an xAPIC alone.</summary>
    InterruptCommandHigh = 0x310,

    /// <summary>LVT: corrected machine checks (Intel).</summary>
    LvtCorrectedMachineCheck = 0x2F0,

    /// <summary>LVT: the timer.</summary>
    LvtTimer = 0x320,

    /// <summary>LVT: temperature.</summary>
    LvtThermal = 0x330,

    /// <summary>LVT: performance counters.</summary>
    LvtPerformance = 0x340,

    /// <summary>LVT: pin LINT0, where the 8259s are.</summary>
    LvtLint0 = 0x350,

    /// <summary>LVT: pin LINT1, where NMI is.</summary>
    LvtLint1 = 0x360,

    /// <summary>LVT: errors.</summary>
    LvtError = 0x370,

    /// <summary>The timer's initial count.</summary>
    TimerInitialCount = 0x380,

    /// <summary>The timer's current count.</summary>
    TimerCurrentCount = 0x390,

    /// <summary>The timer's divider.</summary>
    TimerDivide = 0x3E0,
}
