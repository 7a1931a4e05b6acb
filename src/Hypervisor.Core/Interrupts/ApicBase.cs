using System;

namespace Lamina.Core;

/// <summary>The APIC_BASE MSR, 0x1B (AMD APM vol. 2, 16.3.1 and 16.9; Intel SDM vol. 3, 11.4.4 and 11.12.1).</summary>
[Flags]
public enum ApicBase : ulong
{
    /// <summary>BSC/BSP: this is the boot processor. Read-only here.</summary>
    BootProcessor = 1 << 8,
    /// <summary>EXTD: x2APIC mode.</summary>
    X2Apic = 1 << 10,
    /// <summary>EN: the APIC is enabled.</summary>
    Enabled = 1 << 11,
    /// <summary>The page of the registers: bits 12 to 51 of its GPA.</summary>
    AddressMask = 0x000F_FFFF_FFFF_F000,
}
