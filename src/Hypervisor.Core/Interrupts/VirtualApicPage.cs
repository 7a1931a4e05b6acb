using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>
/// The page in which a local APIC keeps its registers, one at each 16th byte, as the architecture lays them out (AMD APM vol. 2, table 16-2; Intel SDM
/// vol. 3, table 11-1), so that hardware which virtualizes APICs can work on it: Intel's virtual-APIC page (SDM vol. 3, 30.1).
/// <para>
/// It is the backend's, which allocates and frees it with the rest of a vCPU's state and alone knows its HPA; the vCPU's <see cref="LocalApic"/> is the one
/// that reads and writes it, and what the guest would read is in it. It is mapped in no guest: a guest can change it only through hardware, in the ways
/// that the manual lists.
/// </para>
/// <para>
/// Two registers are not kept here but worked out when they are read: PPR, unless hardware delivers the interrupts and so keeps it, and the timer's current
/// count.
/// </para>
/// </summary>
[StructLayout(LayoutKind.Explicit, Size = 4096)]
public struct VirtualApicPage
{
    private const int RegisterShift = 4;

    [FieldOffset(0)] private uint _first;

    /// <summary>APIC ID: in bits 24 to 31 in xAPIC mode, all 32 bits in x2APIC mode.</summary>
    [FieldOffset(0x020)] public uint Id;
    /// <summary>Version, and how many LVT entries.</summary>
    [FieldOffset(0x030)] public uint Version;
    /// <summary>TPR, 8 bits.</summary>
    [FieldOffset(0x080)] public uint TaskPriority;
    /// <summary>PPR: hardware's, while it delivers the interrupts.</summary>
    [FieldOffset(0x0A0)] public uint ProcessorPriority;
    /// <summary>EOI: reads as 0.</summary>
    [FieldOffset(0x0B0)] public uint EndOfInterrupt;
    /// <summary>LDR.</summary>
    [FieldOffset(0x0D0)] public uint LogicalDestination;
    /// <summary>DFR.</summary>
    [FieldOffset(0x0E0)] public uint DestinationFormat;
    /// <summary>SVR.</summary>
    [FieldOffset(0x0F0)] public uint SpuriousVector;
    /// <summary>ISR.</summary>
    [FieldOffset(0x100)] public InterruptBitmap InService;
    /// <summary>TMR.</summary>
    [FieldOffset(0x180)] public InterruptBitmap TriggerMode;
    /// <summary>IRR.</summary>
    [FieldOffset(0x200)] public InterruptBitmap InterruptRequest;
    /// <summary>ESR: what the last write of it showed.</summary>
    [FieldOffset(0x280)] public ApicErrors ErrorStatus;
    /// <summary>ICR bits 0 to 31.</summary>
    [FieldOffset(0x300)] public uint InterruptCommand;
    /// <summary>
    /// ICR bits 32 to 63 in x2APIC mode: hardware reads an MSR as the 8 bytes from its register's offset (Intel SDM vol. 3, 30.5). 0 in xAPIC mode.
    /// </summary>
    [FieldOffset(0x304)] public uint InterruptCommandDestination;
    /// <summary>ICR bits 32 to 63 in xAPIC mode: the destination in bits 24 to 31.</summary>
    [FieldOffset(0x310)] public uint InterruptCommandHigh;
    /// <summary>LVT: timer.</summary>
    [FieldOffset(0x320)] public LocalVector TimerVector;
    /// <summary>LVT: thermal sensor.</summary>
    [FieldOffset(0x330)] public LocalVector ThermalVector;
    /// <summary>LVT: performance counters.</summary>
    [FieldOffset(0x340)] public LocalVector PerformanceVector;
    /// <summary>LVT: LINT0.</summary>
    [FieldOffset(0x350)] public LocalVector Lint0Vector;
    /// <summary>LVT: LINT1.</summary>
    [FieldOffset(0x360)] public LocalVector Lint1Vector;
    /// <summary>LVT: errors.</summary>
    [FieldOffset(0x370)] public LocalVector ErrorVector;
    /// <summary>Timer: initial count.</summary>
    [FieldOffset(0x380)] public uint TimerInitialCount;
    /// <summary>Timer: divide configuration.</summary>
    [FieldOffset(0x3E0)] public uint TimerDivide;

    /// <summary>A register by number. Bounds: a byte times 16 is within the page.</summary>
    [UnscopedRef]
    public ref uint this[LocalApicRegister register]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref Unsafe.AddByteOffset(ref _first, (nint)((int)register << RegisterShift));
    }
}
