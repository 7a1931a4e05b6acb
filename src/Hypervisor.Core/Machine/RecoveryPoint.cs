using System.Runtime.InteropServices;

namespace Lamina.Core;

/// <summary>Where a CPU goes on when its own code faults: filled and emptied by the <c>guarded</c> macro of Assembly.inc, which knows this layout.</summary>
[StructLayout(LayoutKind.Sequential)]
public struct RecoveryPoint
{
    /// <summary>The stack pointer (HVA) to go on with; 0 while no guarded call is under way.</summary>
    public ulong StackPointer;

    /// <summary>The instruction (HVA) to go on at.</summary>
    public ulong Instruction;
}
