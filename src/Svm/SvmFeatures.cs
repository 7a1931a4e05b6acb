using Lamina.Core;

namespace Lamina.Svm;

/// <summary>What of SVM a CPU has. Read once.</summary>
public sealed partial class SvmFeatures
{
    private const uint LargestExtended = 0x8000_0000, ExtendedFeatures = 0x8000_0001, SvmLeaf = 0x8000_000A;
    private const uint SvmBit = 1 << 2, Page1GBit = 1 << 26;

    /// <summary>CPUID 8000_000A EDX.</summary>
    public SvmFeatureBits Bits { get; private init; }

    /// <summary>How many ASIDs there are, the host's 0 included.</summary>
    public uint AsidCount { get; private init; }

    /// <summary>3 where pages may be of 1 GiB, else 2.</summary>
    public int LargestPageLevel { get; private init; }

    /// <summary>What is switched with a vCPU besides its VMCB.</summary>
    public required SwitchedFeatures Switched { get; init; }

    /// <summary>Whether all of <paramref name="bits"/> are there.</summary>
    public bool Has(SvmFeatureBits bits) => (Bits & bits) == bits;

    /// <summary>Asks a CPU. Null when it has no SVM at all.</summary>
    public static SvmFeatures? Read(Cpu cpu)
    {
        if (cpu.ReadCpuid(LargestExtended, 0).Eax < SvmLeaf) return null;
        var extended = cpu.ReadCpuid(ExtendedFeatures, 0);
        if ((extended.Ecx & SvmBit) == 0) return null;
        var svm = cpu.ReadCpuid(SvmLeaf, 0);
        return new SvmFeatures
        {
            Bits = (SvmFeatureBits)svm.Edx,
            AsidCount = svm.Ebx,
            LargestPageLevel = (extended.Edx & Page1GBit) != 0 ? 3 : 2,
            Switched = SwitchedFeatures.Read(cpu),
        };
    }

    /// <summary>For the log: what is used, and what is missed or left alone.</summary>
    public string Describe() => string.Concat(
        "nested paging", LargestPageLevel == 3 ? " with 1 GiB pages, " : " without 1 GiB pages, ", AsidCount.ToString(), " ASIDs, used where there: ")
        + string.Concat(Say("next-RIP save ", SvmFeatureBits.NextRipSave), Say(", decode assists ", SvmFeatureBits.DecodeAssists),
            Say(", flush by ASID ", SvmFeatureBits.FlushByAsid), Say(", VMCB clean bits ", SvmFeatureBits.VmcbClean))
        + Say(", PAUSE filter ", SvmFeatureBits.PauseFilter)
        + string.Concat("; not used: ", Say("AVIC ", SvmFeatureBits.Avic), Say(", virtual GIF ", SvmFeatureBits.VirtualGif),
            Say(", virtual NMI ", SvmFeatureBits.VirtualNmi));

    private string Say(string feature, SvmFeatureBits bit) => feature + (Has(bit) ? "yes" : "no");
}
