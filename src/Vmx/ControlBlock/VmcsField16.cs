namespace Lamina.Vmx;

/// <summary>The 16-bit fields of a VMCS by their encodings (Intel SDM vol. 3, appendix B.1).</summary>
public enum VmcsField16 : uint
{
    // Controls.
    /// <summary>The virtual-processor identifier; 0 is the host's.</summary>
    Vpid = 0x0000,
    /// <summary>The vector that notifies of posted interrupts.</summary>
    PostedInterruptVector = 0x0002,
    /// <summary>The EPT pointer's number in the list that VMFUNC switches through.</summary>
    EptPointerIndex = 0x0004,

    // Guest state.
    /// <summary>The selector of ES.</summary>
    GuestEsSelector = 0x0800,
    /// <summary>The selector of CS.</summary>
    GuestCsSelector = 0x0802,
    /// <summary>The selector of SS.</summary>
    GuestSsSelector = 0x0804,
    /// <summary>The selector of DS.</summary>
    GuestDsSelector = 0x0806,
    /// <summary>The selector of FS.</summary>
    GuestFsSelector = 0x0808,
    /// <summary>The selector of GS.</summary>
    GuestGsSelector = 0x080A,
    /// <summary>The selector of LDTR.</summary>
    GuestLdtrSelector = 0x080C,
    /// <summary>The selector of TR.</summary>
    GuestTrSelector = 0x080E,
    /// <summary>RVI (bits 0 to 7) and SVI (bits 8 to 15): the vectors that are requested and in service.</summary>
    GuestInterruptStatus = 0x0810,
    /// <summary>The next entry of the page-modification log.</summary>
    PageModificationLogIndex = 0x0812,

    // Host state.
    /// <summary>The selector of ES.</summary>
    HostEsSelector = 0x0C00,
    /// <summary>The selector of CS.</summary>
    HostCsSelector = 0x0C02,
    /// <summary>The selector of SS.</summary>
    HostSsSelector = 0x0C04,
    /// <summary>The selector of DS.</summary>
    HostDsSelector = 0x0C06,
    /// <summary>The selector of FS.</summary>
    HostFsSelector = 0x0C08,
    /// <summary>The selector of GS.</summary>
    HostGsSelector = 0x0C0A,
    /// <summary>The selector of TR.</summary>
    HostTrSelector = 0x0C0C,
}
