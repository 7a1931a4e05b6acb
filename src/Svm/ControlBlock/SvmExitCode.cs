namespace Lamina.Svm;

/// <summary>EXITCODE (AMD APM vol. 2, appendix C): its low half, as some emulators do not extend the sign of a negative code.</summary>
public enum SvmExitCode
{
    /// <summary>VMEXIT_BUSY: the VMCB is in use.</summary>
    Busy = -2,
    /// <summary>VMEXIT_INVALID: the VMCB breaks a rule of 15.5.1.</summary>
    Invalid = -1,
    /// <summary>A read of CR8; CRn is n.</summary>
    ReadCr8 = 0x08,
    /// <summary>A write of CR8; CRn is 10h + n.</summary>
    WriteCr8 = 0x18,
    /// <summary>Exception 0; vector n is 40h + n.</summary>
    FirstException = 0x40,
    /// <summary>#DB.</summary>
    DebugException = FirstException + 1,
    /// <summary>#PF: EXITINFO1 is the error code, EXITINFO2 the address.</summary>
    PageFaultException = FirstException + 14,
    /// <summary>#AC.</summary>
    AlignmentCheckException = FirstException + 17,
    /// <summary>#MC.</summary>
    MachineCheckException = FirstException + 18,
    /// <summary>Exception 31.</summary>
    LastException = 0x5F,
    /// <summary>A physical interrupt.</summary>
    Interrupt = 0x60,
    /// <summary>A physical NMI.</summary>
    NonMaskableInterrupt = 0x61,
    /// <summary>A physical INIT.</summary>
    Init = 0x63,
    /// <summary>The virtual interrupt could be taken.</summary>
    VirtualInterrupt = 0x64,
    /// <summary>RDPMC.</summary>
    ReadPerformanceCounter = 0x6F,
    /// <summary>CPUID.</summary>
    Cpuid = 0x72,
    /// <summary>RSM.</summary>
    ResumeFromManagement = 0x73,
    /// <summary>IRET.</summary>
    InterruptReturn = 0x74,
    /// <summary>INVD.</summary>
    InvalidateCaches = 0x76,
    /// <summary>PAUSE.</summary>
    Pause = 0x77,
    /// <summary>HLT.</summary>
    Halt = 0x78,
    /// <summary>INVLPGA.</summary>
    InvalidatePageOfAsid = 0x7A,
    /// <summary>IN, OUT, INS, OUTS.</summary>
    PortIo = 0x7B,
    /// <summary>RDMSR (EXITINFO1 0) or WRMSR (1).</summary>
    Msr = 0x7C,
    /// <summary>A task switch.</summary>
    TaskSwitch = 0x7D,
    /// <summary>The CPU would freeze for the legacy way of x87 errors.</summary>
    FerrFreeze = 0x7E,
    /// <summary>Shutdown.</summary>
    Shutdown = 0x7F,
    /// <summary>VMRUN.</summary>
    Vmrun = 0x80,
    /// <summary>VMMCALL.</summary>
    Vmmcall = 0x81,
    /// <summary>VMLOAD.</summary>
    Vmload = 0x82,
    /// <summary>VMSAVE.</summary>
    Vmsave = 0x83,
    /// <summary>STGI.</summary>
    Stgi = 0x84,
    /// <summary>CLGI.</summary>
    Clgi = 0x85,
    /// <summary>SKINIT.</summary>
    Skinit = 0x86,
    /// <summary>WBINVD or WBNOINVD.</summary>
    WriteBackCaches = 0x89,
    /// <summary>MONITOR.</summary>
    Monitor = 0x8A,
    /// <summary>MWAIT.</summary>
    Mwait = 0x8B,
    /// <summary>XSETBV.</summary>
    SetXcr = 0x8D,
    /// <summary>RDPRU.</summary>
    ReadProcessorRegister = 0x8E,
    /// <summary>INVLPGB.</summary>
    InvalidatePageBroadcast = 0xA0,
    /// <summary>MCOMMIT.</summary>
    Mcommit = 0xA3,
    /// <summary>TLBSYNC.</summary>
    TlbSync = 0xA4,
    /// <summary>A nested page fault.</summary>
    NestedPageFault = 0x400,
}
