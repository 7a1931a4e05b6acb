namespace Lamina.QemuHarness;

/// <summary>Whose CPU the machine has, and with it which of the two virtualization extensions.</summary>
public enum CpuVendor
{
    /// <summary>AMD, with AMD-V.</summary>
    Amd,

    /// <summary>Intel, with VT-x.</summary>
    Intel,
}
