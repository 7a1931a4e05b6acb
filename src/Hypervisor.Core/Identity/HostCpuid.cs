namespace Lamina.Core;

/// <summary>The physical CPU's CPUID. Host implements it; tests use tables. Asked while a VM is built, never on the exit way.</summary>
public abstract class HostCpuid
{
    /// <summary>Executes CPUID with EAX and ECX as given.</summary>
    public abstract CpuidLeaf Query(uint leaf, uint subleaf);
}
