namespace Lamina.Core;

/// <summary>Some of the machine's CPUs, by the hypervisor's numbers: 0 is the one that boots, the others follow as ACPI's MADT has them.</summary>
/// <param name="bits">Bit n is CPU n; with all bits set it is every CPU, those from <see cref="NamedCpus"/> on too.</param>
public readonly struct CpuSet(ulong bits)
{
    /// <summary>How many CPUs have a bit; those behind them are in the set of all alone.</summary>
    public const int NamedCpus = 64;

    /// <summary>Every CPU.</summary>
    public static CpuSet All => new(ulong.MaxValue);

    /// <summary>Bit n is CPU n.</summary>
    public ulong Bits { get; } = bits;

    /// <summary>Whether <paramref name="cpu"/>, from 0 on, is one of them.</summary>
    public bool Contains(int cpu) => Bits == ulong.MaxValue || (cpu < NamedCpus && (Bits >> cpu & 1) != 0);
}
