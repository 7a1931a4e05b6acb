using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// A segment register with its hidden part, in the VMCB's layout: 16 bytes (AMD APM vol. 2, appendix B, table B-2).
/// For GDTR and IDTR only <see cref="Base"/> and <see cref="Limit"/> mean something.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public struct SegmentRegister
{
    private const int PrivilegeShift = 5;

    /// <summary>The visible selector.</summary>
    public ushort Selector;
    /// <summary>The cached attributes.</summary>
    public SegmentAttributes Attributes;
    /// <summary>The cached limit in bytes: the last valid offset.</summary>
    public uint Limit;
    /// <summary>The cached base, a linear address.</summary>
    public ulong Base;

    /// <summary>A register of the given contents.</summary>
    public SegmentRegister(ushort selector, SegmentAttributes attributes, uint limit, ulong @base)
    {
        Selector = selector;
        Attributes = attributes;
        Limit = limit;
        Base = @base;
    }

    /// <summary>The descriptor's privilege level, 0 to 3.</summary>
    public int PrivilegeLevel
    {
        readonly get => (int)(Attributes & SegmentAttributes.PrivilegeMask) >> PrivilegeShift;
        set => Attributes = Attributes & ~SegmentAttributes.PrivilegeMask | (SegmentAttributes)(value << PrivilegeShift) & SegmentAttributes.PrivilegeMask;
    }

    /// <summary>Whether all of <paramref name="bits"/> are set.</summary>
    public readonly bool Has(SegmentAttributes bits) => (Attributes & bits) == bits;
}
