using System;

namespace Lamina.Svm;

/// <summary>The guest's interrupt state (AMD APM vol. 2, table B-1, offset 068h; 15.21.5).</summary>
[Flags]
public enum InterruptState : ulong
{
    /// <summary>INTERRUPT_SHADOW: interrupts are held off for one instruction.</summary>
    Shadow = 1 << 0,
}
