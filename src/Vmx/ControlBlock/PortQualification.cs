using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>The exit qualification of an I/O exit (Intel SDM vol. 3, 28.2.1, table 28-5).</summary>
public readonly struct PortQualification(ulong value)
{
    private const uint SizeMask = 7;
    private const uint In = 1 << 3, String = 1 << 4, Repeat = 1 << 5;
    private const int PortShift = 16;

    private readonly uint _value = (uint)value;

    /// <summary>Bytes of the operand: bits 0 to 2 say one less.</summary>
    public byte Size => (byte)((_value & SizeMask) + 1);

    /// <summary>The port.</summary>
    public ushort Port => (ushort)(_value >> PortShift);

    /// <summary>How it is accessed: bits 3 (IN), 4 (string), 5 (REP).</summary>
    public PortAccess Access =>
        ((_value & In) != 0 ? PortAccess.In : 0) | ((_value & String) != 0 ? PortAccess.String : 0) | ((_value & Repeat) != 0 ? PortAccess.Repeat : 0);
}
