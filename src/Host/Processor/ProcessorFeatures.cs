using Lamina.Core;

namespace Lamina.Host;

/// <summary>What this CPU's CPUID says that the host itself needs to know (AMD APM vol. 3, appendix E; Intel SDM vol. 2A, CPUID).</summary>
public sealed unsafe class ProcessorFeatures
{
    private const uint MaximumStandard = 0;
    private const uint Standard = 1;
    private const uint Structured = 7;
    private const uint TimestampRatio = 0x15;
    private const uint MaximumExtended = 0x8000_0000;
    private const uint Extended = 0x8000_0001;
    private const uint PowerManagement = 0x8000_0007;
    private const uint AddressSizes = 0x8000_0008;

    /// <summary>The highest leaf that <see cref="MiscEnable.LimitCpuid"/> leaves.</summary>
    private const uint LimitedMaximum = 3;

    /// <summary>Asks the CPU that calls.</summary>
    public ProcessorFeatures()
    {
        FirmwareLimits = LiftFirmwareLimits();
        uint maximum = Query(MaximumStandard).Eax;
        CpuidResult standard = Query(Standard);
        HasX2Apic = Bit(standard.Ecx, 21);
        HasTscDeadline = Bit(standard.Ecx, 24);
        HasXsave = Bit(standard.Ecx, 26);
        HasMachineCheck = Bit(standard.Edx, 7);
        HasRandom = Bit(standard.Ecx, 30);
        if (maximum >= Structured)
        {
            CpuidResult structured = Query(Structured);
            HasSupervisorExecutionPrevention = Bit(structured.Ebx, 7);
            HasRandomSeed = Bit(structured.Ebx, 18);
            HasBranchBarrier = Bit(structured.Edx, 26);
        }
        HasNoExecute = QueryNoExecute();
        uint maximumExtended = Query(MaximumExtended).Eax;
        if (maximumExtended >= Extended)
            HasHugePages = Bit(Query(Extended).Edx, 26);
        if (maximumExtended >= PowerManagement)
            HasInvariantTsc = Bit(Query(PowerManagement).Edx, 8);
        if (maximumExtended >= AddressSizes)
            HasBranchBarrier |= Bit(Query(AddressSizes).Ebx, 12);

        if (maximum >= TimestampRatio)
        {
            CpuidResult ratio = Query(TimestampRatio);
            if (ratio.Eax != 0 && ratio.Ebx != 0)
                ClaimedTscFrequency = (ulong)ratio.Ecx * ratio.Ebx / ratio.Eax;
        }
    }

    /// <summary>What firmware had limited and was lifted on the CPU that was asked; the others have the same to be lifted.</summary>
    public MiscEnable FirmwareLimits { get; }

    /// <summary>x2APIC mode.</summary>
    public bool HasX2Apic { get; }

    /// <summary>The local APIC timer can be armed with a time of the TSC.</summary>
    public bool HasTscDeadline { get; }

    /// <summary>XSAVE, XSETBV and XCR0.</summary>
    public bool HasXsave { get; }

    /// <summary>#MC.</summary>
    public bool HasMachineCheck { get; }

    /// <summary>SMEP.</summary>
    public bool HasSupervisorExecutionPrevention { get; }

    /// <summary>
    /// IBPB: writing <see cref="ModelSpecificRegister.PredictionCommand"/> keeps what ran before from steering the branches of what follows (CPUID 7 EDX bit 26
    /// by Intel, 8000_0008 EBX bit 12 by AMD).
    /// </summary>
    public bool HasBranchBarrier { get; }

    /// <summary>RDRAND.</summary>
    public bool HasRandom { get; }

    /// <summary>RDSEED.</summary>
    public bool HasRandomSeed { get; }

    /// <summary>NX pages.</summary>
    public bool HasNoExecute { get; }

    /// <summary>Pages of 1 GiB.</summary>
    public bool HasHugePages { get; }

    /// <summary>The TSC counts at one rate in all power states.</summary>
    public bool HasInvariantTsc { get; }

    /// <summary>The TSC's frequency in Hz as CPUID claims it, 0 if it does not. It is met to lie: compare only.</summary>
    public ulong ClaimedTscFrequency { get; }

    /// <summary>
    /// Firmware's setup can make an Intel CPU hide its no-execute pages, or all leaves of CPUID above 3 (Intel SDM vol. 4, IA32_MISC_ENABLE). It is undone
    /// where something is missing, and read nowhere else: emulators do not have the register.
    /// </summary>
    private static MiscEnable LiftFirmwareLimits()
    {
        CpuidResult vendor = Query(MaximumStandard);
        if (!CpuVendor.IsIntel(vendor) || (vendor.Eax > LimitedMaximum && QueryNoExecute()))
            return 0;
        var found = (MiscEnable)Instructions.ReadMsr(ModelSpecificRegister.MiscEnable);
        MiscEnable limits = found & (MiscEnable.LimitCpuid | MiscEnable.NoExecuteDisable);
        if (limits != 0)
            Instructions.WriteMsr(ModelSpecificRegister.MiscEnable, (ulong)(found & ~limits));
        return limits;
    }

    private static bool QueryNoExecute() => Query(MaximumExtended).Eax >= Extended && Bit(Query(Extended).Edx, 20);

    private static CpuidResult Query(uint leaf)
    {
        CpuidResult result;
        Instructions.CpuId(leaf, 0, &result);
        return result;
    }

    private static bool Bit(uint value, int bit) => (value >> bit & 1) != 0;
}
