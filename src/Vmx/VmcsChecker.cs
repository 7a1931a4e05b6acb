namespace Lamina.Vmx;

/// <summary>
/// The rules that an entry checks (Intel SDM vol. 3, 27.2 and 27.3), to say which one a refused VMCS breaks, in the order of the manual. It only reads the VMCS.
/// Left out: what Lamina never turns on (dual-monitor SMM, VMFUNC, #VE, page-modification log, sub-page permissions, SGX, Processor Trace, LBR, CET and
/// performance MSRs; their controls are only checked against what the CPU allows), and the TPR threshold against the virtual-APIC page, which is not in
/// the VMCS.
/// </summary>
public static partial class VmcsChecker
{
    private const ulong High32 = 0xFFFF_FFFF_0000_0000;
    private const ulong PageOffset = 0xFFF;
    private const int LowMemoryBits = 32;

    /// <summary>
    /// The first rule that the VMCS breaks, in words behind those of <paramref name="subject"/>, which may be none; null when it breaks none that is known
    /// here. Nothing is allocated.
    /// </summary>
    public static string? FindBrokenRule(Vmcs vmcs, VmxFeatures features, out string subject)
    {
        subject = "";
        return FindInControls(vmcs, features) ?? FindInHost(vmcs, features) ?? FindInGuest(vmcs, features, ref subject);
    }

    private static PinControls Pin(Vmcs vmcs) => (PinControls)vmcs.Read(VmcsField32.PinControls);

    private static PrimaryControls Primary(Vmcs vmcs) => (PrimaryControls)vmcs.Read(VmcsField32.PrimaryControls);

    /// <summary>They count as 0 where they are not activated.</summary>
    private static SecondaryControls Secondary(Vmcs vmcs) =>
        (Primary(vmcs) & PrimaryControls.ActivateSecondaryControls) != 0 ? (SecondaryControls)vmcs.Read(VmcsField32.SecondaryControls) : 0;

    private static ExitControls Exit(Vmcs vmcs) => (ExitControls)vmcs.Read(VmcsField32.ExitControls);

    private static EntryControls Entry(Vmcs vmcs) => (EntryControls)vmcs.Read(VmcsField32.EntryControls);

    private static EventInformation Injected(Vmcs vmcs) => new(vmcs.Read(VmcsField32.EntryInterruption));

    /// <summary>Whether an address is one that a VMCS may hold, a multiple of <paramref name="alignment"/>.</summary>
    private static bool IsAddress(ulong address, ulong alignment, VmxFeatures features) =>
        address % alignment == 0 && !IsBeyond(address, features.NeedsLowMemory ? LowMemoryBits : features.PhysicalAddressBits);

    private static bool IsBeyond(ulong address, int bits) => address >> bits != 0;

    private static bool IsCanonical(ulong address, VmxFeatures features)
    {
        int unused = 64 - features.LinearAddressBits;
        return (ulong)((long)(address << unused) >> unused) == address;
    }
}
