namespace Lamina.SystemTests;

/// <summary>What the image runs on in these tests: a processor backend and the emulator that shows it its hardware.</summary>
public enum Platform
{
    /// <summary>AMD-V in QEMU, an EPYC: no next-RIP save, no flush by ASID.</summary>
    AmdQemu,

    /// <summary>AMD-V in Bochs, a trinity_apu: with both.</summary>
    AmdBochs,

    /// <summary>VT-x in Bochs, a corei7_haswell_4770.</summary>
    IntelBochs,
}
