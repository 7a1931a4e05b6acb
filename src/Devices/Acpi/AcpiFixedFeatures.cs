using System;

namespace Lamina.Devices;

/// <summary>Flags of the FADT (ACPI 6.5, table 5.10).</summary>
[Flags]
internal enum AcpiFixedFeatures : uint
{
    /// <summary>WBINVD works.</summary>
    Wbinvd = 1 << 0,
    /// <summary>C1 works on all processors.</summary>
    ProcC1 = 1 << 2,
    /// <summary>The sleep button is no fixed feature (here: there is none).</summary>
    SleepButton = 1 << 5,
    /// <summary>The RTC's wake status is not in fixed register space.</summary>
    FixRtc = 1 << 6,
    /// <summary>The PM timer is 32 bits wide.</summary>
    TimerValueExtended = 1 << 8,
    /// <summary>RESET_REG works.</summary>
    ResetRegisterSupported = 1 << 10,
}
