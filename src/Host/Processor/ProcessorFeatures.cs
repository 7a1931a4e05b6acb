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

    /// <summary>Asks the CPU that calls.</summary>
    public ProcessorFeatures()
    {
        uint maximum = Query(MaximumStandard).Eax;
        CpuidResult standard = Query(Standard);
        HasX2Apic = Bit(standard.Ecx, 21);
        HasTscDeadline = Bit(standard.Ecx, 24);
        HasXsave = Bit(standard.Ecx, 26);
        HasMachineCheck = Bit(standard.Edx, 7);
        if (maximum >= Structured)
            HasSupervisorExecutionPrevention = Bit(Query(Structured).Ebx, 7);
        if (Query(MaximumExtended).Eax >= Extended)
        {
            CpuidResult extended = Query(Extended);
            HasNoExecute = Bit(extended.Edx, 20);
            HasHugePages = Bit(extended.Edx, 26);
        }

        if (maximum >= TimestampRatio)
        {
            CpuidResult ratio = Query(TimestampRatio);
            if (ratio.Eax != 0 && ratio.Ebx != 0)
                ClaimedTscFrequency = (ulong)ratio.Ecx * ratio.Ebx / ratio.Eax;
        }
    }

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

    /// <summary>NX pages.</summary>
    public bool HasNoExecute { get; }

    /// <summary>Pages of 1 GiB.</summary>
    public bool HasHugePages { get; }

    /// <summary>The TSC's frequency in Hz as CPUID claims it, 0 if it does not. It is met to lie: compare only.</summary>
    public ulong ClaimedTscFrequency { get; }

    private static CpuidResult Query(uint leaf)
    {
        CpuidResult result;
        Instructions.CpuId(leaf, 0, &result);
        return result;
    }

    private static bool Bit(uint value, int bit) => (value >> bit & 1) != 0;
}
