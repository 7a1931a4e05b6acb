namespace Lamina.Vmx;

/// <summary>The exit qualification of an access to the APIC-access page (Intel SDM vol. 3, 28.2.1, table 28-6).</summary>
public readonly struct ApicAccessQualification(ulong value)
{
    private const uint OffsetMask = 0xFFF, TypeMask = 0xF;
    private const int TypeShift = 12;

    private readonly uint _value = (uint)value;

    /// <summary>The offset in the page, of accesses by a linear address.</summary>
    public ushort Offset => (ushort)(_value & OffsetMask);

    /// <summary>How it was accessed.</summary>
    public ApicAccessType Type => (ApicAccessType)((_value >> TypeShift) & TypeMask);
}
