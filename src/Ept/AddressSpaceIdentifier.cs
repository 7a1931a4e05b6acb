namespace Lamina.Ept;

/// <summary>
/// The tag of a vCPU's translations in a CPU's TLB, and where and for how long it is the vCPU's own: ASID (AMD APM vol. 2, 15.16) or VPID (Intel SDM
/// vol. 3, 29.1).
/// </summary>
public readonly struct AddressSpaceIdentifier
{
    internal AddressSpaceIdentifier(AddressSpaceIdentifiers owner, uint generation, uint value)
    {
        Owner = owner;
        Generation = generation;
        Value = value;
    }

    internal AddressSpaceIdentifiers? Owner { get; }

    internal uint Generation { get; }

    /// <summary>The identifier, from 1; 0 when none was given yet.</summary>
    public uint Value { get; }
}
