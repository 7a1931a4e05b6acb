using System;

namespace Lamina.Vmx;

/// <summary>Primary processor-based VM-execution controls (Intel SDM vol. 3, 25.6.2, table 25-6).</summary>
[Flags]
public enum PrimaryControls : uint
{
    /// <summary>Exits as soon as a maskable interrupt could be taken.</summary>
    InterruptWindowExiting = 1 << 2,
    /// <summary>The TSC offset is added to what the guest reads.</summary>
    UseTscOffsetting = 1 << 3,
    /// <summary>HLT exits.</summary>
    HltExiting = 1 << 7,
    /// <summary>INVLPG exits.</summary>
    InvlpgExiting = 1 << 9,
    /// <summary>MWAIT exits.</summary>
    MwaitExiting = 1 << 10,
    /// <summary>RDPMC exits.</summary>
    RdpmcExiting = 1 << 11,
    /// <summary>RDTSC and RDTSCP exit.</summary>
    RdtscExiting = 1 << 12,
    /// <summary>MOV to CR3 exits, but for the CR3 targets.</summary>
    Cr3LoadExiting = 1 << 15,
    /// <summary>MOV from CR3 exits.</summary>
    Cr3StoreExiting = 1 << 16,
    /// <summary>The tertiary controls count.</summary>
    ActivateTertiaryControls = 1 << 17,
    /// <summary>MOV to CR8 exits.</summary>
    Cr8LoadExiting = 1 << 19,
    /// <summary>MOV from CR8 exits.</summary>
    Cr8StoreExiting = 1 << 20,
    /// <summary>CR8 and the TPR are in the virtual-APIC page.</summary>
    UseTprShadow = 1 << 21,
    /// <summary>Exits as soon as an NMI could be taken.</summary>
    NmiWindowExiting = 1 << 22,
    /// <summary>MOV to and from debug registers exits.</summary>
    MovDrExiting = 1 << 23,
    /// <summary>All port accesses exit, where there are no I/O bitmaps.</summary>
    UnconditionalIoExiting = 1 << 24,
    /// <summary>Port accesses exit as the I/O bitmaps say.</summary>
    UseIoBitmaps = 1 << 25,
    /// <summary>Exits after one instruction.</summary>
    MonitorTrapFlag = 1 << 27,
    /// <summary>RDMSR and WRMSR exit as the MSR bitmap says; else all do.</summary>
    UseMsrBitmaps = 1 << 28,
    /// <summary>MONITOR exits.</summary>
    MonitorExiting = 1 << 29,
    /// <summary>PAUSE exits.</summary>
    PauseExiting = 1 << 30,
    /// <summary>The secondary controls count.</summary>
    ActivateSecondaryControls = 1u << 31,
}
