namespace Lamina.Vmx;

/// <summary>
/// The 64-bit fields of a VMCS by their encodings, which are those of whole fields (Intel SDM vol. 3, appendix B.2). All addresses
/// are HPAs unless said otherwise.
/// </summary>
public enum VmcsField64 : uint
{
    // Controls.
    /// <summary>The I/O bitmap of ports 0000h to 7FFFh.</summary>
    IoBitmapA = 0x2000,
    /// <summary>The I/O bitmap of ports 8000h to FFFFh.</summary>
    IoBitmapB = 0x2002,
    /// <summary>The MSR bitmap.</summary>
    MsrBitmap = 0x2004,
    /// <summary>The list of MSRs that an exit stores.</summary>
    ExitMsrStoreAddress = 0x2006,
    /// <summary>The list of MSRs that an exit loads.</summary>
    ExitMsrLoadAddress = 0x2008,
    /// <summary>The list of MSRs that an entry loads.</summary>
    EntryMsrLoadAddress = 0x200A,
    /// <summary>For the dual-monitor treatment of SMM; not used.</summary>
    ExecutiveVmcsPointer = 0x200C,
    /// <summary>The page-modification log.</summary>
    PageModificationLogAddress = 0x200E,
    /// <summary>Added to the TSC when the guest reads it.</summary>
    TscOffset = 0x2010,
    /// <summary>The virtual-APIC page.</summary>
    VirtualApicAddress = 0x2012,
    /// <summary>The page whose accesses are those of the virtual APIC.</summary>
    ApicAccessAddress = 0x2014,
    /// <summary>The posted-interrupt descriptor.</summary>
    PostedInterruptDescriptorAddress = 0x2016,
    /// <summary>What VMFUNC may do.</summary>
    VmFunctionControls = 0x2018,
    /// <summary>The EPT pointer.</summary>
    EptPointer = 0x201A,
    /// <summary>Vectors 0 to 63 whose EOI exits.</summary>
    EoiExitBitmap0 = 0x201C,
    /// <summary>Vectors 64 to 127 whose EOI exits.</summary>
    EoiExitBitmap1 = 0x201E,
    /// <summary>Vectors 128 to 191 whose EOI exits.</summary>
    EoiExitBitmap2 = 0x2020,
    /// <summary>Vectors 192 to 255 whose EOI exits.</summary>
    EoiExitBitmap3 = 0x2022,
    /// <summary>The list of EPT pointers that VMFUNC switches through.</summary>
    EptPointerListAddress = 0x2024,
    /// <summary>The fields whose VMREAD by the guest exits.</summary>
    VmreadBitmap = 0x2026,
    /// <summary>The fields whose VMWRITE by the guest exits.</summary>
    VmwriteBitmap = 0x2028,
    /// <summary>What is known of a virtualization exception.</summary>
    VirtualizationExceptionAddress = 0x202A,
    /// <summary>The bits of XSS with which XSAVES and XRSTORS exit.</summary>
    XssExitingBitmap = 0x202C,
    /// <summary>The leaves of ENCLS that exit.</summary>
    EnclsExitingBitmap = 0x202E,
    /// <summary>The root of the sub-page permissions.</summary>
    SubPagePermissionTable = 0x2030,
    /// <summary>What the TSC is multiplied by when the guest reads it, with 48 bits behind the point.</summary>
    TscMultiplier = 0x2032,
    /// <summary>The tertiary processor-based controls.</summary>
    TertiaryControls = 0x2034,

    // Read-only data.
    /// <summary>The GPA of an EPT violation or misconfiguration.</summary>
    GuestPhysicalAddress = 0x2400,

    // Guest state.
    /// <summary>The shadow VMCS; all bits set where there is none.</summary>
    VmcsLinkPointer = 0x2800,
    /// <summary>IA32_DEBUGCTL.</summary>
    GuestDebugControl = 0x2802,
    /// <summary>IA32_PAT.</summary>
    GuestPat = 0x2804,
    /// <summary>IA32_EFER.</summary>
    GuestEfer = 0x2806,
    /// <summary>IA32_PERF_GLOBAL_CTRL.</summary>
    GuestPerformanceGlobalControl = 0x2808,
    /// <summary>Entry 0 of the page-directory-pointer table, under PAE paging.</summary>
    GuestPdpte0 = 0x280A,
    /// <summary>Entry 1 of the page-directory-pointer table, under PAE paging.</summary>
    GuestPdpte1 = 0x280C,
    /// <summary>Entry 2 of the page-directory-pointer table, under PAE paging.</summary>
    GuestPdpte2 = 0x280E,
    /// <summary>Entry 3 of the page-directory-pointer table, under PAE paging.</summary>
    GuestPdpte3 = 0x2810,

    // Host state.
    /// <summary>IA32_PAT.</summary>
    HostPat = 0x2C00,
    /// <summary>IA32_EFER.</summary>
    HostEfer = 0x2C02,
    /// <summary>IA32_PERF_GLOBAL_CTRL.</summary>
    HostPerformanceGlobalControl = 0x2C04,
}
