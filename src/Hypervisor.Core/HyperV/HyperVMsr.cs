namespace Lamina.Core;

/// <summary>The synthetic MSRs of Hyper-V's interface that are provided (Microsoft, "Hypervisor Top Level Functional Specification" 6.0b, appendix).</summary>
public enum HyperVMsr : uint
{
    /// <summary>Which system the guest is; 0 until it says so. Of the whole VM.</summary>
    GuestOsId = 0x4000_0000,
    /// <summary>Where the hypercall page is. Of the whole VM.</summary>
    Hypercall = 0x4000_0001,
    /// <summary>The vCPU's number; read-only.</summary>
    VpIndex = 0x4000_0002,
    /// <summary>The reference time in units of 100 ns; read-only.</summary>
    TimeReferenceCount = 0x4000_0020,
    /// <summary>Where the reference TSC page is. Of the whole VM.</summary>
    ReferenceTsc = 0x4000_0021,
    /// <summary>The TSC's rate in Hz; read-only.</summary>
    TscFrequency = 0x4000_0022,
    /// <summary>The rate of the APIC timer's clock in Hz; read-only.</summary>
    ApicFrequency = 0x4000_0023,
}
