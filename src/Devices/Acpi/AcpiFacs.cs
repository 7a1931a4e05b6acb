using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>The firmware ACPI control structure, of which only the head is used (ACPI 6.5, table 5.13): there is no sleep state to wake from.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
internal struct AcpiFacs
{
    /// <summary>"FACS".</summary>
    public uint Signature;
    /// <summary>64.</summary>
    public uint Length;
    /// <summary>The same as long as the hardware is.</summary>
    public uint HardwareSignature;
}
