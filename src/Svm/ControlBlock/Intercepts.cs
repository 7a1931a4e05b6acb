using System;

namespace Lamina.Svm;

/// <summary>Intercepts, vector 3 (AMD APM vol. 2, table B-1, offset 00Ch; meaning: 15.7 to 15.12).</summary>
[Flags]
public enum Intercepts : uint
{
    /// <summary>Physical interrupts.</summary>
    Interrupt = 1 << 0,
    /// <summary>Physical NMIs.</summary>
    NonMaskableInterrupt = 1 << 1,
    /// <summary>Physical SMIs.</summary>
    SystemManagementInterrupt = 1 << 2,
    /// <summary>Physical INITs.</summary>
    Init = 1 << 3,
    /// <summary>The virtual interrupt, when it could be taken.</summary>
    VirtualInterrupt = 1 << 4,
    /// <summary>RDPMC.</summary>
    ReadPerformanceCounter = 1 << 15,
    /// <summary>CPUID.</summary>
    Cpuid = 1 << 18,
    /// <summary>RSM.</summary>
    ResumeFromManagement = 1 << 19,
    /// <summary>IRET.</summary>
    InterruptReturn = 1 << 20,
    /// <summary>INVD.</summary>
    InvalidateCaches = 1 << 22,
    /// <summary>PAUSE.</summary>
    Pause = 1 << 23,
    /// <summary>HLT.</summary>
    Halt = 1 << 24,
    /// <summary>INVLPGA.</summary>
    InvalidatePageOfAsid = 1 << 26,
    /// <summary>IN, OUT, INS and OUTS, as the I/O permission map says.</summary>
    PortIo = 1 << 27,
    /// <summary>RDMSR and WRMSR, as the MSR permission map says.</summary>
    Msr = 1 << 28,
    /// <summary>Task switches.</summary>
    TaskSwitch = 1 << 29,
    /// <summary>The CPU would freeze for the legacy way of x87 errors.</summary>
    FerrFreeze = 1 << 30,
    /// <summary>Shutdown, as by a triple fault.</summary>
    Shutdown = 1u << 31,
}
