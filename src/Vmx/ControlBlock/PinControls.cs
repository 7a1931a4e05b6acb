using System;

namespace Lamina.Vmx;

/// <summary>Pin-based VM-execution controls (Intel SDM vol. 3, 25.6.1, table 25-5).</summary>
[Flags]
public enum PinControls : uint
{
    /// <summary>Physical interrupts exit.</summary>
    ExternalInterruptExiting = 1 << 0,
    /// <summary>Physical NMIs exit.</summary>
    NmiExiting = 1 << 3,
    /// <summary>NMI blocking is the guest's own, and there is an NMI window.</summary>
    VirtualNmis = 1 << 5,
    /// <summary>The VMX-preemption timer counts down in the guest.</summary>
    ActivatePreemptionTimer = 1 << 6,
    /// <summary>The posted-interrupt vector is not an exit, but delivers what is posted.</summary>
    ProcessPostedInterrupts = 1 << 7,
}
