using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>
/// The access rights of a segment as a VMCS holds them (Intel SDM vol. 3, 25.4.1, table 25-2): bits 0 to 7 as in Core's <see cref="SegmentAttributes"/>, the
/// flags AVL, L, D/B and G in bits 12 to 15 rather than 8 to 11.
/// </summary>
public readonly struct SegmentAccessRights(uint value)
{
    private const uint Unusable = 1 << 16;
    private const uint LowMask = 0xFF, HighMask = 0xF000;
    private const int HighShift = 4;

    /// <summary>The field.</summary>
    public uint Value { get; } = value;

    /// <summary>A null selector was loaded, or the segment is not present: each use faults.</summary>
    public bool IsUnusable => (Value & Unusable) != 0;

    /// <summary>Whether a reserved bit is set.</summary>
    public bool HasReserved => (Value & ~(Unusable | LowMask | HighMask)) != 0;

    /// <summary>Core's attributes. An unusable segment is one that is not present; the DPL of SS is the CPL even then.</summary>
    public SegmentAttributes ToAttributes()
    {
        var attributes = (SegmentAttributes)(Value & LowMask | (Value & HighMask) >> HighShift);
        return IsUnusable ? attributes & ~SegmentAttributes.Present : attributes;
    }

    /// <summary>The access rights for Core's attributes. A segment that is not present is unusable; all else stays, so that the DPL of SS is the CPL.</summary>
    public static SegmentAccessRights FromAttributes(SegmentAttributes attributes)
    {
        uint bits = (uint)attributes;
        uint value = bits & LowMask | bits << HighShift & HighMask;
        return new SegmentAccessRights((attributes & SegmentAttributes.Present) != 0 ? value : value | Unusable);
    }
}
