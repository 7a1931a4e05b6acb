using Lamina.Core;

namespace Lamina.Svm;

/// <summary>What of SVM, and of the state that is switched with a vCPU, a CPU has. Read once.</summary>
public sealed class SvmFeatures
{
    private const uint LargestExtended = 0x8000_0000, ExtendedFeatures = 0x8000_0001, SvmLeaf = 0x8000_000A, XsaveLeaf = 0xD, StandardFeatures = 1;
    private const uint SvmBit = 1 << 2, Page1GBit = 1 << 26, RdtscpBit = 1 << 27, XsaveBit = 1 << 26;

    /// <summary>The components of XCR0 that guests may enable (x87, SSE, AVX), and PKRU, which they reach by CR4 alone.</summary>
    private const ulong X87 = XsaveComponents.X87, Sse = XsaveComponents.Sse, Avx = XsaveComponents.Avx, Pkru = XsaveComponents.ProtectionKeys;
    private const int LegacyAndHeader = 576;
    private const int HighestComponent = 9;

    /// <summary>CPUID 8000_000A EDX.</summary>
    public SvmFeatureBits Bits { get; private init; }

    /// <summary>How many ASIDs there are, the host's 0 included.</summary>
    public uint AsidCount { get; private init; }

    /// <summary>3 where pages may be of 1 GiB, else 2.</summary>
    public int LargestPageLevel { get; private init; }

    /// <summary>Whether there is RDTSCP, and with it TSC_AUX.</summary>
    public bool HasTscAux { get; private init; }

    /// <summary>The components that XSAVE switches between vCPUs; 0 where there is no XSAVE but FXSAVE.</summary>
    public ulong ExtendedComponents { get; private init; }

    /// <summary>Bytes that these take in an XSAVE area.</summary>
    public int ExtendedStateSize { get; private init; }

    /// <summary>Whether all of <paramref name="bits"/> are there.</summary>
    public bool Has(SvmFeatureBits bits) => (Bits & bits) == bits;

    /// <summary>Asks a CPU. Null when it has no SVM at all.</summary>
    public static SvmFeatures? Read(Cpu cpu)
    {
        if (cpu.ReadCpuid(LargestExtended, 0).Eax < SvmLeaf) return null;
        var extended = cpu.ReadCpuid(ExtendedFeatures, 0);
        if ((extended.Ecx & SvmBit) == 0) return null;
        var svm = cpu.ReadCpuid(SvmLeaf, 0);

        ulong components = 0;
        int size = 0;
        if ((cpu.ReadCpuid(StandardFeatures, 0).Ecx & XsaveBit) != 0)
        {
            var xsave = cpu.ReadCpuid(XsaveLeaf, 0);
            components = (xsave.Eax | (ulong)xsave.Edx << 32) & (X87 | Sse | Avx | Pkru);
            size = LegacyAndHeader;
            for (int i = 2; i <= HighestComponent; i++)
            {
                if ((components >> i & 1) == 0) continue;
                var component = cpu.ReadCpuid(XsaveLeaf, (uint)i);
                size = System.Math.Max(size, (int)(component.Ebx + component.Eax));
            }
        }

        return new SvmFeatures
        {
            Bits = (SvmFeatureBits)svm.Edx,
            AsidCount = svm.Ebx,
            LargestPageLevel = (extended.Edx & Page1GBit) != 0 ? 3 : 2,
            HasTscAux = (extended.Edx & RdtscpBit) != 0,
            ExtendedComponents = components,
            ExtendedStateSize = size,
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
