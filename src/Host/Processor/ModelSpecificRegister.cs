namespace Lamina.Host;

/// <summary>MSRs that the host itself uses (AMD APM vol. 2, appendix A; Intel SDM vol. 4).</summary>
public static class ModelSpecificRegister
{
    /// <summary>The time stamp counter.</summary>
    public const uint Timestamp = 0x10;

    /// <summary>Where the local APIC is, and its mode.</summary>
    public const uint ApicBase = 0x1B;

    /// <summary>PRED_CMD: commands to the branch predictors; write-only.</summary>
    public const uint PredictionCommand = 0x49;

    /// <summary>In <see cref="PredictionCommand"/>: the indirect branch prediction barrier, IBPB.</summary>
    public const ulong BranchPredictionBarrier = 1 << 0;

    /// <summary>Intel: miscellaneous features, <c>MiscEnable</c>.</summary>
    public const uint MiscEnable = 0x1A0;

    /// <summary>Page attribute table.</summary>
    public const uint PageAttributeTable = 0x277;

    /// <summary>When the local APIC timer interrupts in TSC-deadline mode.</summary>
    public const uint TscDeadline = 0x6E0;

    /// <summary>Register 0 of the local APIC in x2APIC mode; register offset / 16 follows.</summary>
    public const uint X2ApicFirst = 0x800;

    /// <summary>The base of GS.</summary>
    public const uint GsBase = 0xC000_0101;

    /// <summary>Extended features.</summary>
    public const uint Efer = 0xC000_0080;
}
