using Lamina.Core;

namespace Lamina.Svm;

/// <summary>What another CPU of the same machine must have, as vCPUs go from one to another and are made for the first.</summary>
public sealed partial class SvmFeatures
{
    /// <summary>
    /// Why a CPU that has <paramref name="other"/> cannot be used as this one is, in words; null when it can. More than this one has does no harm.
    /// </summary>
    public string? FindDifference(SvmFeatures other) => FindLack(other) is { } lack ? SwitchedFeatures.Differs + lack : null;

    private string? FindLack(SvmFeatures other)
    {
        if (other.AsidCount < AsidCount) return "it has fewer ASIDs (CPUID 8000_000A EBX)";
        if (other.LargestPageLevel < LargestPageLevel) return "it has no pages of 1 GiB (CPUID 8000_0001 EDX bit 26)";
        return FindLack(other, "nested paging (bit 0", SvmFeatureBits.NestedPaging)
            ?? FindLack(other, "next-RIP save (bit 3", SvmFeatureBits.NextRipSave)
            ?? FindLack(other, "VMCB clean bits (bit 5", SvmFeatureBits.VmcbClean)
            ?? FindLack(other, "flush by ASID (bit 6", SvmFeatureBits.FlushByAsid)
            ?? FindLack(other, "decode assists (bit 7", SvmFeatureBits.DecodeAssists)
            ?? FindLack(other, "the PAUSE filter (bit 10", SvmFeatureBits.PauseFilter)
            ?? FindLack(other, "the PAUSE filter's threshold (bit 12", SvmFeatureBits.PauseFilterThreshold)
            ?? Switched.FindLack(other.Switched);
    }

    private string? FindLack(SvmFeatures other, string feature, SvmFeatureBits bit) =>
        Has(bit) && !other.Has(bit) ? "it lacks " + feature + " of CPUID 8000_000A EDX)" : null;
}
