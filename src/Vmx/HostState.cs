using Lamina.Core;

namespace Lamina.Vmx;

/// <summary>What the CPU is to be after an exit: as it is now (Intel SDM vol. 3, 25.5). Written when another vCPU is entered, its VM's host table loaded.</summary>
internal static unsafe class HostState
{
    private const ushort SelectorOfGdt = 0xFFF8;

    /// <summary>Writes the host-state area. RSP is written at each entry that comes from another depth.</summary>
    internal static void Write(Vmcs vmcs, Cpu cpu)
    {
        WorldSwitch.GetSelectors(out var selectors);
        vmcs.Write(VmcsField16.HostEsSelector, (ushort)(selectors.Es & SelectorOfGdt));
        vmcs.Write(VmcsField16.HostCsSelector, selectors.Cs);
        vmcs.Write(VmcsField16.HostSsSelector, (ushort)(selectors.Ss & SelectorOfGdt));
        vmcs.Write(VmcsField16.HostDsSelector, (ushort)(selectors.Ds & SelectorOfGdt));
        vmcs.Write(VmcsField16.HostFsSelector, (ushort)(selectors.Fs & SelectorOfGdt));
        vmcs.Write(VmcsField16.HostGsSelector, (ushort)(selectors.Gs & SelectorOfGdt));
        vmcs.Write(VmcsField16.HostTrSelector, selectors.Tr);
        vmcs.Write(VmcsFieldNatural.HostGdtrBase, selectors.GdtrBase);
        vmcs.Write(VmcsFieldNatural.HostIdtrBase, selectors.IdtrBase);
        vmcs.Write(VmcsFieldNatural.HostTrBase, BaseOf((byte*)selectors.GdtrBase + (selectors.Tr & SelectorOfGdt)));

        cpu.TryReadMsr(HostMsr.FsBase, out ulong fs);
        cpu.TryReadMsr(HostMsr.GsBase, out ulong gs);
        cpu.TryReadMsr(HostMsr.Pat, out ulong pat);
        cpu.TryReadMsr(HostMsr.Efer, out ulong efer);
        vmcs.Write(VmcsFieldNatural.HostFsBase, fs);
        vmcs.Write(VmcsFieldNatural.HostGsBase, gs);
        vmcs.Write(VmcsField64.HostPat, pat);
        vmcs.Write(VmcsField64.HostEfer, efer);

        // Not used, but exits load them, and a new VMCS holds what it will.
        vmcs.Write(VmcsField32.HostSysenterCs, 0);
        vmcs.Write(VmcsFieldNatural.HostSysenterEsp, 0);
        vmcs.Write(VmcsFieldNatural.HostSysenterEip, 0);

        vmcs.Write(VmcsFieldNatural.HostCr0, (ulong)WorldSwitch.GetCr0());
        vmcs.Write(VmcsFieldNatural.HostCr3, WorldSwitch.GetCr3());
        vmcs.Write(VmcsFieldNatural.HostCr4, (ulong)WorldSwitch.GetCr4());
        vmcs.Write(VmcsFieldNatural.HostRip, WorldSwitch.GetExitPoint());
    }

    /// <summary>The base in a 64-bit TSS descriptor (Intel SDM vol. 3, figure 8-4). Bounds: TR holds the selector of one, so 16 bytes are there.</summary>
    private static ulong BaseOf(byte* descriptor)
    {
        uint low = *(ushort*)(descriptor + 2) | (uint)descriptor[4] << 16 | (uint)descriptor[7] << 24;
        return low | (ulong)*(uint*)(descriptor + 8) << 32;
    }
}
