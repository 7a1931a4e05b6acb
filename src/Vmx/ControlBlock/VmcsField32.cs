namespace Lamina.Vmx;

/// <summary>The 32-bit fields of a VMCS by their encodings (Intel SDM vol. 3, appendix B.3).</summary>
public enum VmcsField32 : uint
{
    // Controls.
    /// <summary>The pin-based controls.</summary>
    PinControls = 0x4000,
    /// <summary>The primary processor-based controls.</summary>
    PrimaryControls = 0x4002,
    /// <summary>Which exceptions exit: bit n is vector n.</summary>
    ExceptionBitmap = 0x4004,
    /// <summary>The bits of a page fault's error code that count for whether it exits.</summary>
    PageFaultErrorCodeMask = 0x4006,
    /// <summary>What these bits must be for the exception bitmap to be followed as it stands.</summary>
    PageFaultErrorCodeMatch = 0x4008,
    /// <summary>How many of the CR3 targets count.</summary>
    Cr3TargetCount = 0x400A,
    /// <summary>The VM-exit controls.</summary>
    ExitControls = 0x400C,
    /// <summary>How many MSRs an exit stores.</summary>
    ExitMsrStoreCount = 0x400E,
    /// <summary>How many MSRs an exit loads.</summary>
    ExitMsrLoadCount = 0x4010,
    /// <summary>The VM-entry controls.</summary>
    EntryControls = 0x4012,
    /// <summary>How many MSRs an entry loads.</summary>
    EntryMsrLoadCount = 0x4014,
    /// <summary>The event to deliver at the entry.</summary>
    EntryInterruption = 0x4016,
    /// <summary>Its error code.</summary>
    EntryExceptionErrorCode = 0x4018,
    /// <summary>The length of the instruction that raised it, for software interrupts and exceptions.</summary>
    EntryInstructionLength = 0x401A,
    /// <summary>The TPR below which a write exits.</summary>
    TprThreshold = 0x401C,
    /// <summary>The secondary processor-based controls.</summary>
    SecondaryControls = 0x401E,
    /// <summary>PLE_Gap: ticks of the TSC within which PAUSEs count as one loop.</summary>
    PauseLoopGap = 0x4020,
    /// <summary>PLE_Window: ticks of the TSC that a loop of PAUSEs may take.</summary>
    PauseLoopWindow = 0x4022,

    // Read-only data.
    /// <summary>Why a VMX instruction failed.</summary>
    InstructionError = 0x4400,
    /// <summary>Why the guest exited.</summary>
    ExitReason = 0x4402,
    /// <summary>The event that exited.</summary>
    ExitInterruption = 0x4404,
    /// <summary>Its error code.</summary>
    ExitInterruptionErrorCode = 0x4406,
    /// <summary>The event whose delivery the exit interrupted.</summary>
    IdtVectoring = 0x4408,
    /// <summary>Its error code.</summary>
    IdtVectoringErrorCode = 0x440A,
    /// <summary>The length of the instruction that exited, in bytes.</summary>
    ExitInstructionLength = 0x440C,
    /// <summary>The operands of the instruction that exited.</summary>
    ExitInstructionInformation = 0x440E,

    // Guest state.
    /// <summary>The limit of ES in bytes.</summary>
    GuestEsLimit = 0x4800,
    /// <summary>The limit of CS in bytes.</summary>
    GuestCsLimit = 0x4802,
    /// <summary>The limit of SS in bytes.</summary>
    GuestSsLimit = 0x4804,
    /// <summary>The limit of DS in bytes.</summary>
    GuestDsLimit = 0x4806,
    /// <summary>The limit of FS in bytes.</summary>
    GuestFsLimit = 0x4808,
    /// <summary>The limit of GS in bytes.</summary>
    GuestGsLimit = 0x480A,
    /// <summary>The limit of LDTR in bytes.</summary>
    GuestLdtrLimit = 0x480C,
    /// <summary>The limit of TR in bytes.</summary>
    GuestTrLimit = 0x480E,
    /// <summary>The limit of GDTR in bytes.</summary>
    GuestGdtrLimit = 0x4810,
    /// <summary>The limit of IDTR in bytes.</summary>
    GuestIdtrLimit = 0x4812,
    /// <summary>The access rights of ES.</summary>
    GuestEsAccessRights = 0x4814,
    /// <summary>The access rights of CS.</summary>
    GuestCsAccessRights = 0x4816,
    /// <summary>The access rights of SS.</summary>
    GuestSsAccessRights = 0x4818,
    /// <summary>The access rights of DS.</summary>
    GuestDsAccessRights = 0x481A,
    /// <summary>The access rights of FS.</summary>
    GuestFsAccessRights = 0x481C,
    /// <summary>The access rights of GS.</summary>
    GuestGsAccessRights = 0x481E,
    /// <summary>The access rights of LDTR.</summary>
    GuestLdtrAccessRights = 0x4820,
    /// <summary>The access rights of TR.</summary>
    GuestTrAccessRights = 0x4822,
    /// <summary>What holds events off.</summary>
    GuestInterruptibility = 0x4824,
    /// <summary>Whether the guest runs, halts or waits.</summary>
    GuestActivity = 0x4826,
    /// <summary>SMBASE.</summary>
    GuestSmbase = 0x4828,
    /// <summary>IA32_SYSENTER_CS.</summary>
    GuestSysenterCs = 0x482A,
    /// <summary>The VMX-preemption timer.</summary>
    PreemptionTimerValue = 0x482E,

    // Host state.
    /// <summary>IA32_SYSENTER_CS.</summary>
    HostSysenterCs = 0x4C00,
}
