using System.Runtime.InteropServices;

namespace Lamina.Host;

/// <summary>The 64-bit task state segment (AMD APM vol. 2, 12.2.5; Intel SDM vol. 3, 8.7): 104 bytes. We use its interrupt stack table alone.</summary>
[StructLayout(LayoutKind.Explicit, Size = Size)]
public struct TaskStateSegment
{
    /// <summary>Bytes of the structure.</summary>
    public const int Size = 104;

    /// <summary>Index (IST) of the stack for non-maskable interrupts.</summary>
    public const byte NmiStack = 1;

    /// <summary>Index (IST) of the stack for double faults.</summary>
    public const byte DoubleFaultStack = 2;

    /// <summary>Index (IST) of the stack for machine checks.</summary>
    public const byte MachineCheckStack = 3;

    /// <summary>Stack top (HVA) of IST 1.</summary>
    [FieldOffset(36)]
    public ulong InterruptStack1;

    /// <summary>Stack top (HVA) of IST 2.</summary>
    [FieldOffset(44)]
    public ulong InterruptStack2;

    /// <summary>Stack top (HVA) of IST 3.</summary>
    [FieldOffset(52)]
    public ulong InterruptStack3;

    /// <summary>Offset of the I/O permission map; at the segment's end there is none.</summary>
    [FieldOffset(102)]
    public ushort PortMapOffset;
}
