namespace Lamina.Vmx;

/// <summary>The fields of a VMCS that are as wide as a register, 64 bits here, by their encodings (Intel SDM vol. 3, appendix B.4).</summary>
public enum VmcsFieldNatural : uint
{
    // Controls.
    /// <summary>The bits of CR0 that are the host's.</summary>
    Cr0Mask = 0x6000,
    /// <summary>The bits of CR4 that are the host's.</summary>
    Cr4Mask = 0x6002,
    /// <summary>What the guest reads for the host's bits of CR0.</summary>
    Cr0ReadShadow = 0x6004,
    /// <summary>What the guest reads for the host's bits of CR4.</summary>
    Cr4ReadShadow = 0x6006,
    /// <summary>Value 0 of CR3 whose load does not exit.</summary>
    Cr3Target0 = 0x6008,
    /// <summary>Value 1 of CR3 whose load does not exit.</summary>
    Cr3Target1 = 0x600A,
    /// <summary>Value 2 of CR3 whose load does not exit.</summary>
    Cr3Target2 = 0x600C,
    /// <summary>Value 3 of CR3 whose load does not exit.</summary>
    Cr3Target3 = 0x600E,

    // Read-only data.
    /// <summary>More of why the guest exited, by the exit reason.</summary>
    ExitQualification = 0x6400,
    /// <summary>RCX before a port instruction that an SMI interrupted.</summary>
    IoRcx = 0x6402,
    /// <summary>RSI before it.</summary>
    IoRsi = 0x6404,
    /// <summary>RDI before it.</summary>
    IoRdi = 0x6406,
    /// <summary>RIP of it.</summary>
    IoRip = 0x6408,
    /// <summary>The linear address that was accessed.</summary>
    GuestLinearAddress = 0x640A,

    // Guest state.
    /// <summary>CR0.</summary>
    GuestCr0 = 0x6800,
    /// <summary>CR3.</summary>
    GuestCr3 = 0x6802,
    /// <summary>CR4.</summary>
    GuestCr4 = 0x6804,
    /// <summary>The base of ES.</summary>
    GuestEsBase = 0x6806,
    /// <summary>The base of CS.</summary>
    GuestCsBase = 0x6808,
    /// <summary>The base of SS.</summary>
    GuestSsBase = 0x680A,
    /// <summary>The base of DS.</summary>
    GuestDsBase = 0x680C,
    /// <summary>The base of FS.</summary>
    GuestFsBase = 0x680E,
    /// <summary>The base of GS.</summary>
    GuestGsBase = 0x6810,
    /// <summary>The base of LDTR.</summary>
    GuestLdtrBase = 0x6812,
    /// <summary>The base of TR.</summary>
    GuestTrBase = 0x6814,
    /// <summary>The base of GDTR.</summary>
    GuestGdtrBase = 0x6816,
    /// <summary>The base of IDTR.</summary>
    GuestIdtrBase = 0x6818,
    /// <summary>DR7.</summary>
    GuestDr7 = 0x681A,
    /// <summary>RSP.</summary>
    GuestRsp = 0x681C,
    /// <summary>RIP.</summary>
    GuestRip = 0x681E,
    /// <summary>RFLAGS.</summary>
    GuestRflags = 0x6820,
    /// <summary>Debug exceptions that are recognized and not delivered yet, as in DR6.</summary>
    GuestPendingDebugExceptions = 0x6822,
    /// <summary>IA32_SYSENTER_ESP.</summary>
    GuestSysenterEsp = 0x6824,
    /// <summary>IA32_SYSENTER_EIP.</summary>
    GuestSysenterEip = 0x6826,

    // Host state.
    /// <summary>CR0.</summary>
    HostCr0 = 0x6C00,
    /// <summary>CR3.</summary>
    HostCr3 = 0x6C02,
    /// <summary>CR4.</summary>
    HostCr4 = 0x6C04,
    /// <summary>The base of FS.</summary>
    HostFsBase = 0x6C06,
    /// <summary>The base of GS.</summary>
    HostGsBase = 0x6C08,
    /// <summary>The base of TR.</summary>
    HostTrBase = 0x6C0A,
    /// <summary>The base of the GDT.</summary>
    HostGdtrBase = 0x6C0C,
    /// <summary>The base of the IDT.</summary>
    HostIdtrBase = 0x6C0E,
    /// <summary>IA32_SYSENTER_ESP.</summary>
    HostSysenterEsp = 0x6C10,
    /// <summary>IA32_SYSENTER_EIP.</summary>
    HostSysenterEip = 0x6C12,
    /// <summary>RSP after an exit.</summary>
    HostRsp = 0x6C14,
    /// <summary>RIP after an exit.</summary>
    HostRip = 0x6C16,
}
