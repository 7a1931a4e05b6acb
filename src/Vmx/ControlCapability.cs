namespace Lamina.Vmx;

/// <summary>What a capability MSR says of a field of controls (Intel SDM vol. 3, A.3 to A.5).</summary>
public readonly struct ControlCapability(ulong value)
{
    /// <summary>The controls that must be 1.</summary>
    public uint Required { get; } = (uint)value;

    /// <summary>The controls that may be 1.</summary>
    public uint Allowed { get; } = (uint)(value >> 32);

    /// <summary>Whether all of <paramref name="bits"/> may be 1.</summary>
    public bool Allows(uint bits) => (Allowed & bits) == bits;

    /// <summary>Whether a field may hold <paramref name="value"/>.</summary>
    public bool Accepts(uint value) => (value & ~Allowed) == 0 && (Required & ~value) == 0;

    /// <summary>
    /// A value with all of the <paramref name="needed"/> controls, those of the <paramref name="wanted"/> that may be 1, and those that must be. False when a
    /// needed one may not be 1; it is then missing in <paramref name="chosen"/>.
    /// </summary>
    public bool TryChoose(uint needed, uint wanted, out uint chosen)
    {
        chosen = Required | ((needed | wanted) & Allowed);
        return Allows(needed);
    }
}
