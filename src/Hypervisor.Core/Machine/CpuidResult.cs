namespace Lamina.Core;

/// <summary>What CPUID answers for a leaf and subleaf (AMD APM vol. 3, appendix E; Intel SDM vol. 2, CPUID).</summary>
public struct CpuidResult(uint eax, uint ebx, uint ecx, uint edx)
{
    /// <summary>A register after CPUID.</summary>
    public uint Eax = eax, Ebx = ebx, Ecx = ecx, Edx = edx;
}
