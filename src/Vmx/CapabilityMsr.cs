namespace Lamina.Vmx;

/// <summary>The MSRs that say what VMX can do on a CPU (Intel SDM vol. 3, appendix A).</summary>
internal static class CapabilityMsr
{
    /// <summary>IA32_VMX_BASIC.</summary>
    internal const uint Basic = 0x480;
    /// <summary>IA32_VMX_PINBASED_CTLS, of a CPU without the true ones; so with the next three.</summary>
    internal const uint PinControls = 0x481;
    /// <summary>IA32_VMX_PROCBASED_CTLS.</summary>
    internal const uint PrimaryControls = 0x482;
    /// <summary>IA32_VMX_EXIT_CTLS.</summary>
    internal const uint ExitControls = 0x483;
    /// <summary>IA32_VMX_ENTRY_CTLS.</summary>
    internal const uint EntryControls = 0x484;
    /// <summary>IA32_VMX_MISC.</summary>
    internal const uint Miscellaneous = 0x485;
    /// <summary>IA32_VMX_CR0_FIXED0: the bits that must be 1.</summary>
    internal const uint Cr0Required = 0x486;
    /// <summary>IA32_VMX_CR0_FIXED1: the bits that may be 1.</summary>
    internal const uint Cr0Allowed = 0x487;
    /// <summary>IA32_VMX_CR4_FIXED0.</summary>
    internal const uint Cr4Required = 0x488;
    /// <summary>IA32_VMX_CR4_FIXED1.</summary>
    internal const uint Cr4Allowed = 0x489;
    /// <summary>IA32_VMX_PROCBASED_CTLS2; only with secondary controls.</summary>
    internal const uint SecondaryControls = 0x48B;
    /// <summary>IA32_VMX_EPT_VPID_CAP; only with EPT or VPID.</summary>
    internal const uint EptVpid = 0x48C;
    /// <summary>From each of the four old control MSRs, in their order, to its true one (A.3.1, A.3.2, A.4, A.5).</summary>
    internal const uint TrueOffset = 0x48D - PinControls;
}
