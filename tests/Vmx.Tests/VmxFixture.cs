using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Vmx.Tests;

/// <summary>A CPU with VT-x. As made, it has what a server of the Haswell kind has, values as such a CPU gives them.</summary>
internal static class VmxFixture
{
    internal const uint VmcsRevision = 0x12;

    internal static FakeCpu CreateCpu()
    {
        var cpu = new FakeCpu();
        cpu.Cpuid[1] = new CpuidResult(0, 0, 1 << 5 | 1 << 26, 0);
        cpu.Cpuid[0x8000_0000] = new CpuidResult(0x8000_0008, 0, 0, 0);
        cpu.Cpuid[0x8000_0008] = new CpuidResult(0x3027, 0, 0, 0);
        cpu.Msrs[CapabilityMsr.Basic] = 0x00DA_0400_0000_0000 | VmcsRevision;
        cpu.Msrs[CapabilityMsr.PinControls] = 0x0000_00FF_0000_0016;
        cpu.Msrs[CapabilityMsr.PrimaryControls] = 0xFFF9_FFFE_0401_E172;
        cpu.Msrs[CapabilityMsr.ExitControls] = 0x007F_FFFF_0003_6DFF;
        cpu.Msrs[CapabilityMsr.EntryControls] = 0x0000_FFFF_0000_11FF;
        cpu.Msrs[CapabilityMsr.PinControls + CapabilityMsr.TrueOffset] = 0x0000_00FF_0000_0016;
        cpu.Msrs[CapabilityMsr.PrimaryControls + CapabilityMsr.TrueOffset] = 0xFFF9_FFFE_0400_6172;
        cpu.Msrs[CapabilityMsr.ExitControls + CapabilityMsr.TrueOffset] = 0x007F_FFFF_0003_6DFB;
        cpu.Msrs[CapabilityMsr.EntryControls + CapabilityMsr.TrueOffset] = 0x0000_FFFF_0000_11FB;
        cpu.Msrs[CapabilityMsr.Miscellaneous] = 0x3004_81E5;
        cpu.Msrs[CapabilityMsr.Cr0Required] = 0x8000_0021;
        cpu.Msrs[CapabilityMsr.Cr0Allowed] = 0xFFFF_FFFF;
        cpu.Msrs[CapabilityMsr.Cr4Required] = 0x2000;
        cpu.Msrs[CapabilityMsr.Cr4Allowed] = 0x0017_27FF;
        cpu.Msrs[CapabilityMsr.SecondaryControls] = 0x0000_7FFF_0000_0000;
        cpu.Msrs[CapabilityMsr.EptVpid] = 0x0000_0F01_0633_4141;
        return cpu;
    }

    /// <summary>Takes bits from a capability MSR, and from the true one where there is one: of a control, 32 more than its own number.</summary>
    internal static void Remove(FakeCpu cpu, uint msr, ulong bits)
    {
        cpu.Msrs[msr] &= ~bits;
        if (cpu.Msrs.ContainsKey(msr + CapabilityMsr.TrueOffset) && msr <= CapabilityMsr.EntryControls) cpu.Msrs[msr + CapabilityMsr.TrueOffset] &= ~bits;
    }

    internal static VmxFeatures ReadFeatures() => VmxFeatures.Read(CreateCpu())!;
}
