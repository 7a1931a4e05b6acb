namespace Lamina.Vmx;

/// <summary>Basic exit reasons (Intel SDM vol. 3, appendix C).</summary>
public enum VmxExitReason : ushort
{
    /// <summary>An exception that the exception bitmap names, or an NMI.</summary>
    ExceptionOrNmi = 0,
    /// <summary>A physical interrupt.</summary>
    ExternalInterrupt = 1,
    /// <summary>A triple fault.</summary>
    TripleFault = 2,
    /// <summary>A physical INIT.</summary>
    Init = 3,
    /// <summary>A start-up IPI, in the state that waits for it.</summary>
    StartupIpi = 4,
    /// <summary>An SMI right after a port access.</summary>
    IoSmi = 5,
    /// <summary>Another SMI.</summary>
    OtherSmi = 6,
    /// <summary>A maskable interrupt could be taken.</summary>
    InterruptWindow = 7,
    /// <summary>An NMI could be taken.</summary>
    NmiWindow = 8,
    /// <summary>A task switch.</summary>
    TaskSwitch = 9,
    /// <summary>CPUID.</summary>
    Cpuid = 10,
    /// <summary>GETSEC.</summary>
    Getsec = 11,
    /// <summary>HLT.</summary>
    Hlt = 12,
    /// <summary>INVD.</summary>
    Invd = 13,
    /// <summary>INVLPG.</summary>
    Invlpg = 14,
    /// <summary>RDPMC.</summary>
    Rdpmc = 15,
    /// <summary>RDTSC.</summary>
    Rdtsc = 16,
    /// <summary>RSM.</summary>
    Rsm = 17,
    /// <summary>VMCALL.</summary>
    Vmcall = 18,
    /// <summary>VMCLEAR.</summary>
    Vmclear = 19,
    /// <summary>VMLAUNCH.</summary>
    Vmlaunch = 20,
    /// <summary>VMPTRLD.</summary>
    Vmptrld = 21,
    /// <summary>VMPTRST.</summary>
    Vmptrst = 22,
    /// <summary>VMREAD.</summary>
    Vmread = 23,
    /// <summary>VMRESUME.</summary>
    Vmresume = 24,
    /// <summary>VMWRITE.</summary>
    Vmwrite = 25,
    /// <summary>VMXOFF.</summary>
    Vmxoff = 26,
    /// <summary>VMXON.</summary>
    Vmxon = 27,
    /// <summary>An access to a control register.</summary>
    ControlRegister = 28,
    /// <summary>MOV to or from a debug register.</summary>
    DebugRegister = 29,
    /// <summary>IN, OUT, INS, OUTS.</summary>
    PortIo = 30,
    /// <summary>RDMSR.</summary>
    ReadMsr = 31,
    /// <summary>WRMSR.</summary>
    WriteMsr = 32,
    /// <summary>The entry failed: the guest state breaks a rule of 27.3.1.</summary>
    InvalidGuestState = 33,
    /// <summary>The entry failed: an MSR of its list could not be loaded.</summary>
    MsrLoading = 34,
    /// <summary>MWAIT.</summary>
    Mwait = 36,
    /// <summary>One instruction has run with the monitor trap flag.</summary>
    MonitorTrapFlag = 37,
    /// <summary>MONITOR.</summary>
    Monitor = 39,
    /// <summary>PAUSE, or a loop of them.</summary>
    Pause = 40,
    /// <summary>The entry failed: a machine check came.</summary>
    MachineCheckAtEntry = 41,
    /// <summary>The TPR fell below its threshold.</summary>
    TprBelowThreshold = 43,
    /// <summary>An access to the APIC-access page.</summary>
    ApicAccess = 44,
    /// <summary>An EOI of a vector in the EOI-exit bitmap.</summary>
    VirtualizedEoi = 45,
    /// <summary>LGDT, LIDT, SGDT, SIDT.</summary>
    GdtrOrIdtr = 46,
    /// <summary>LLDT, LTR, SLDT, STR.</summary>
    LdtrOrTr = 47,
    /// <summary>EPT does not allow an access.</summary>
    EptViolation = 48,
    /// <summary>An EPT entry that no CPU allows.</summary>
    EptMisconfiguration = 49,
    /// <summary>INVEPT.</summary>
    Invept = 50,
    /// <summary>RDTSCP.</summary>
    Rdtscp = 51,
    /// <summary>The VMX-preemption timer ran out.</summary>
    PreemptionTimer = 52,
    /// <summary>INVVPID.</summary>
    Invvpid = 53,
    /// <summary>WBINVD or WBNOINVD.</summary>
    Wbinvd = 54,
    /// <summary>XSETBV.</summary>
    Xsetbv = 55,
    /// <summary>A write to the virtual-APIC page that has to be emulated, done already.</summary>
    ApicWrite = 56,
    /// <summary>RDRAND.</summary>
    Rdrand = 57,
    /// <summary>INVPCID.</summary>
    Invpcid = 58,
    /// <summary>VMFUNC.</summary>
    Vmfunc = 59,
    /// <summary>ENCLS.</summary>
    Encls = 60,
    /// <summary>RDSEED.</summary>
    Rdseed = 61,
    /// <summary>The page-modification log is full.</summary>
    PageModificationLogFull = 62,
    /// <summary>XSAVES.</summary>
    Xsaves = 63,
    /// <summary>XRSTORS.</summary>
    Xrstors = 64,
    /// <summary>PCONFIG.</summary>
    Pconfig = 65,
    /// <summary>A miss or misconfiguration of the sub-page permissions.</summary>
    SubPagePermission = 66,
    /// <summary>UMWAIT.</summary>
    Umwait = 67,
    /// <summary>TPAUSE.</summary>
    Tpause = 68,
    /// <summary>LOADIWKEY.</summary>
    Loadiwkey = 69,
    /// <summary>ENCLV.</summary>
    Enclv = 70,
    /// <summary>ENQCMD whose PASID is not translated.</summary>
    EnqcmdPasid = 72,
    /// <summary>ENQCMDS whose PASID is not translated.</summary>
    EnqcmdsPasid = 73,
    /// <summary>A bus lock.</summary>
    BusLock = 74,
    /// <summary>An instruction took too long.</summary>
    InstructionTimeout = 75,
    /// <summary>SEAMCALL.</summary>
    Seamcall = 76,
    /// <summary>TDCALL.</summary>
    Tdcall = 77,
}
