using System;

namespace Lamina.Devices;

/// <summary>IAPC_BOOT_ARCH of the FADT (ACPI 6.5, table 5.11).</summary>
[Flags]
internal enum AcpiBootArchitecture : ushort
{
    /// <summary>There are devices on an ISA bus that the user can see, such as a serial port.</summary>
    LegacyDevices = 1 << 0,
    /// <summary>There is a keyboard controller.</summary>
    KeyboardController = 1 << 1,
    /// <summary>There is no VGA: it must not be looked for.</summary>
    VgaNotPresent = 1 << 2,
}
