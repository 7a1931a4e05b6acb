using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>The host's state (Intel SDM vol. 3, 27.2.2 to 27.2.4), of a host in 64-bit mode. A broken rule is instruction error 8.</summary>
public static partial class VmcsChecker
{
    private const ushort NotPlainSelector = 7;
    private const ulong KnownEfer = (ulong)(Efer.SystemCallExtensions | Efer.LongModeEnable | Efer.LongModeActive | Efer.NoExecuteEnable);

    private static string? FindInHost(Vmcs vmcs, VmxFeatures features)
    {
        if ((Exit(vmcs) & ExitControls.HostAddressSpaceSize) == 0) return "the host address-space size is 0, though the host runs in 64-bit mode";
        var cr0 = (Cr0)vmcs.Read(VmcsFieldNatural.HostCr0);
        var cr4 = (Cr4)vmcs.Read(VmcsFieldNatural.HostCr4);
        if (HasForbiddenBits(cr0, features.Cr0Required, features)) return "the host's CR0 has a bit that VMX operation does not allow";
        if (HasForbiddenBits(cr4, features)) return "the host's CR4 has a bit that VMX operation does not allow";
        if ((cr4 & Cr4.PhysicalAddressExtension) == 0) return "the host's CR4.PAE is 0, though it runs in 64-bit mode";
        if (IsBeyond(vmcs.Read(VmcsFieldNatural.HostCr3), features.PhysicalAddressBits)) return "the host's CR3 lies beyond physical memory";
        return FindInHostMsrs(vmcs, features) ?? FindInHostSegments(vmcs, features);
    }

    private static string? FindInHostMsrs(Vmcs vmcs, VmxFeatures features)
    {
        if (!IsCanonical(vmcs.Read(VmcsFieldNatural.HostSysenterEsp), features) || !IsCanonical(vmcs.Read(VmcsFieldNatural.HostSysenterEip), features))
            return "the host's SYSENTER_ESP or SYSENTER_EIP is not canonical";
        if ((Exit(vmcs) & ExitControls.LoadPat) != 0 && !GuestMsrs.IsPat(vmcs.Read(VmcsField64.HostPat)))
            return "the host's PAT holds a memory type that does not exist";
        if ((Exit(vmcs) & ExitControls.LoadEfer) == 0) return null;
        ulong efer = vmcs.Read(VmcsField64.HostEfer);
        if ((efer & ~KnownEfer) != 0) return "the host's EFER has a reserved bit set";
        const ulong longMode = (ulong)(Efer.LongModeActive | Efer.LongModeEnable);
        return (efer & longMode) == longMode ? null : "the host's EFER.LMA or LME is 0, though it runs in 64-bit mode";
    }

    private static string? FindInHostSegments(Vmcs vmcs, VmxFeatures features)
    {
        for (var field = VmcsField16.HostEsSelector; field <= VmcsField16.HostTrSelector; field += 2)
            if ((vmcs.Read(field) & NotPlainSelector) != 0) return "a selector of the host has an RPL, or is of the LDT";
        if (vmcs.Read(VmcsField16.HostCsSelector) == 0) return "the host's CS is null";
        if (vmcs.Read(VmcsField16.HostTrSelector) == 0) return "the host's TR is null";
        for (var field = VmcsFieldNatural.HostFsBase; field <= VmcsFieldNatural.HostIdtrBase; field += 2)
            if (!IsCanonical(vmcs.Read(field), features)) return "a base of the host (FS, GS, TR, GDTR, IDTR) is not canonical";
        return IsCanonical(vmcs.Read(VmcsFieldNatural.HostRip), features) ? null : "the host's RIP is not canonical";
    }

    /// <summary>CD and NW are as they are: an entry does not look at them.</summary>
    private static bool HasForbiddenBits(Cr0 value, Cr0 required, VmxFeatures features)
    {
        const Cr0 notLookedAt = Cr0.CacheDisable | Cr0.NotWriteThrough;
        return ((value & ~features.Cr0Allowed | required & ~value) & ~notLookedAt) != 0;
    }

    private static bool HasForbiddenBits(Cr4 value, VmxFeatures features) => (value & ~features.Cr4Allowed | features.Cr4Required & ~value) != 0;
}
