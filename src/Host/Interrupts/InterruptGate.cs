using System.Runtime.InteropServices;

namespace Lamina.Host;

/// <summary>An entry of the interrupt descriptor table (AMD APM vol. 2, 4.8.4; Intel SDM vol. 3, 6.14.1): 16 bytes.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 1)]
public readonly struct InterruptGate
{
    // Present, ring 0, type 14: an interrupt gate, which turns interrupts off.
    private const byte PresentInterruptGate = 0x8E;

    private readonly ushort _offsetLow;
    private readonly ushort _selector;
    private readonly byte _stack;
    private readonly byte _type;
    private readonly ushort _offsetMiddle;
    private readonly uint _offsetHigh;
    private readonly uint _reserved;

    /// <summary>A gate to the entry at an HVA, on an interrupt stack (1 to 7), or 0 for the stack that was interrupted.</summary>
    public InterruptGate(ulong entry, byte stack)
    {
        _offsetLow = (ushort)entry;
        _selector = SegmentTable.Code;
        _stack = stack;
        _type = PresentInterruptGate;
        _offsetMiddle = (ushort)(entry >> 16);
        _offsetHigh = (uint)(entry >> 32);
        _reserved = 0;
    }

    /// <summary>Where it leads to (HVA).</summary>
    public ulong Entry => _offsetLow | ((ulong)_offsetMiddle << 16) | ((ulong)_offsetHigh << 32);

    /// <summary>The interrupt stack, 0 for none.</summary>
    public byte Stack => _stack;
}
