namespace Lamina.Core;

/// <summary>Which of the machine's CPUs are threads of one core: those whose APIC IDs differ in the lowest bits alone.</summary>
public static class CpuTopology
{
    private const uint MaximumStandard = 0, ExtendedTopology = 0xB, ExtendedTopologyV2 = 0x1F;
    private const uint MaximumExtended = 0x8000_0000, ExtendedFeatures = 0x8000_0001, AmdTopology = 0x8000_001E;

    /// <summary>Leaf 8000_0001 ECX: leaf 8000_001E is there.</summary>
    private const uint TopologyExtensions = 1 << 22;

    /// <summary>Of leaves 0B and 1F, ECX 15:8: the level tells threads of a core apart.</summary>
    private const uint ThreadLevel = 1;

    /// <summary>How many of an APIC ID's lowest bits tell threads of a core apart; 0 where cores have one, or the CPU does not say.</summary>
    /// <param name="cpu">Any of the machine's CPUs, which speaks for all. By itself.</param>
    /// <remarks>
    /// Intel SDM vol. 3, 9.9.1, and vol. 2A, CPUID leaves 0B and 1F, the latter first, the lowest level of each in subleaf 0; AMD APM vol. 3, appendix E.4.17, for CPUs without leaf 0B. There the lowest bits, as
    /// many as that number needs, are taken to be the thread's. (AMD's family 15h has no threads, but pairs of cores that it counts there as one: they are taken for one core.)
    /// </remarks>
    public static int ThreadBits(Cpu cpu)
    {
        uint maximum = cpu.ReadCpuid(MaximumStandard, 0).Eax;
        foreach (uint leaf in (uint[])[ExtendedTopologyV2, ExtendedTopology])
        {
            if (maximum < leaf) continue;
            var level = cpu.ReadCpuid(leaf, 0);
            if ((ushort)level.Ebx == 0) continue;
            return (byte)(level.Ecx >> 8) == ThreadLevel ? (int)(level.Eax & 0x1F) : 0;
        }
        if (cpu.ReadCpuid(MaximumExtended, 0).Eax < AmdTopology || (cpu.ReadCpuid(ExtendedFeatures, 0).Ecx & TopologyExtensions) == 0) return 0;
        int threads = (byte)(cpu.ReadCpuid(AmdTopology, 0).Ebx >> 8) + 1, bits = 0;
        while (1 << bits < threads) bits++;
        return bits;
    }
}
