using System;

namespace Lamina.Vmx;

/// <summary>Secondary processor-based VM-execution controls (Intel SDM vol. 3, 25.6.2, table 25-7).</summary>
[Flags]
public enum SecondaryControls : uint
{
    /// <summary>Accesses to the APIC-access page are those of the virtual APIC.</summary>
    VirtualizeApicAccesses = 1 << 0,
    /// <summary>EPT.</summary>
    EnableEpt = 1 << 1,
    /// <summary>LGDT, LIDT, LLDT, LTR, SGDT, SIDT, SLDT and STR exit.</summary>
    DescriptorTableExiting = 1 << 2,
    /// <summary>RDTSCP and RDPID are there.</summary>
    EnableRdtscp = 1 << 3,
    /// <summary>The x2APIC's MSRs are the virtual APIC's.</summary>
    VirtualizeX2Apic = 1 << 4,
    /// <summary>Translations are kept by VPID.</summary>
    EnableVpid = 1 << 5,
    /// <summary>WBINVD and WBNOINVD exit.</summary>
    WbinvdExiting = 1 << 6,
    /// <summary>The guest may run without paging and in real mode.</summary>
    UnrestrictedGuest = 1 << 7,
    /// <summary>Most APIC registers are read from the virtual-APIC page.</summary>
    ApicRegisterVirtualization = 1 << 8,
    /// <summary>The CPU itself evaluates and delivers virtual interrupts.</summary>
    VirtualInterruptDelivery = 1 << 9,
    /// <summary>A loop of PAUSEs at CPL 0 exits.</summary>
    PauseLoopExiting = 1 << 10,
    /// <summary>RDRAND exits.</summary>
    RdrandExiting = 1 << 11,
    /// <summary>INVPCID is there.</summary>
    EnableInvpcid = 1 << 12,
    /// <summary>VMFUNC is there.</summary>
    EnableVmFunctions = 1 << 13,
    /// <summary>The guest's VMREAD and VMWRITE may go to a shadow VMCS.</summary>
    VmcsShadowing = 1 << 14,
    /// <summary>ENCLS exits, by its bitmap.</summary>
    EnclsExiting = 1 << 15,
    /// <summary>RDSEED exits.</summary>
    RdseedExiting = 1 << 16,
    /// <summary>Pages that become dirty are logged.</summary>
    EnablePageModificationLog = 1 << 17,
    /// <summary>EPT violations may be #VE.</summary>
    EptViolationException = 1 << 18,
    /// <summary>Processor Trace does not show VMX operation.</summary>
    ConcealFromProcessorTrace = 1 << 19,
    /// <summary>XSAVES and XRSTORS are there, and exit by their bitmap.</summary>
    EnableXsaves = 1 << 20,
    /// <summary>EPT has one execute permission for supervisor and one for user pages.</summary>
    ModeBasedExecute = 1 << 22,
    /// <summary>EPT may give write permission by 128 bytes.</summary>
    SubPageWritePermissions = 1 << 23,
    /// <summary>Processor Trace writes to GPAs.</summary>
    ProcessorTraceUsesGuestPhysical = 1 << 24,
    /// <summary>The TSC that the guest reads is multiplied.</summary>
    UseTscScaling = 1 << 25,
    /// <summary>TPAUSE, UMONITOR and UMWAIT are there.</summary>
    EnableUserWait = 1 << 26,
    /// <summary>PCONFIG is there.</summary>
    EnablePconfig = 1 << 27,
    /// <summary>ENCLV exits, by its bitmap.</summary>
    EnclvExiting = 1 << 28,
}
