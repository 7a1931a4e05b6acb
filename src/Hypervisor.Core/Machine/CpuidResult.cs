namespace Lamina.Core;

/// <summary>What CPUID answers.</summary>
public readonly struct CpuidResult(uint eax, uint ebx, uint ecx, uint edx)
{
    /// <summary>EAX.</summary>
    public readonly uint Eax = eax;
    /// <summary>EBX.</summary>
    public readonly uint Ebx = ebx;
    /// <summary>ECX.</summary>
    public readonly uint Ecx = ecx;
    /// <summary>EDX.</summary>
    public readonly uint Edx = edx;
}
