namespace Lamina.Svm;

/// <summary>An ASID, and where and for how long it is a vCPU's own (AMD APM vol. 2, 15.16).</summary>
internal readonly struct AddressSpaceIdentifier(SvmCpu owner, uint generation, uint value)
{
    /// <summary>The CPU whose TLB knows it.</summary>
    internal readonly SvmCpu? Owner = owner;
    /// <summary>The generation of that CPU's ASIDs.</summary>
    internal readonly uint Generation = generation;
    /// <summary>The ASID, from 1.</summary>
    internal readonly uint Value = value;
}
