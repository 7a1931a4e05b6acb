using Lamina.Core;

namespace Lamina.Svm;

/// <summary>EXITINFO1 of an I/O exit (AMD APM vol. 2, 15.10.2, figure 15-2).</summary>
public readonly struct PortExitInfo(ulong value)
{
    private const uint In = 1 << 0, String = 1 << 2, Repeat = 1 << 3;
    private const int SizeShift = 4, AddressSizeShift = 7, PortShift = 16;
    private const uint SizeMask = 7;

    private readonly uint _value = (uint)value;

    /// <summary>Bytes of the operand: bits 4, 5, 6 say 1, 2, 4.</summary>
    public byte Size => (byte)((_value >> SizeShift) & SizeMask);

    /// <summary>Bytes of the address: bits 7, 8, 9 say 2, 4, 8.</summary>
    public byte AddressSize => (byte)(((_value >> AddressSizeShift) & SizeMask) << 1);

    /// <summary>The port.</summary>
    public ushort Port => (ushort)(_value >> PortShift);

    /// <summary>How it is accessed: bits 0 (IN), 2 (string), 3 (REP).</summary>
    public PortAccess Access =>
        ((_value & In) != 0 ? PortAccess.In : 0) | ((_value & String) != 0 ? PortAccess.String : 0) | ((_value & Repeat) != 0 ? PortAccess.Repeat : 0);
}
