using System.Numerics;
using System.Runtime.CompilerServices;

namespace Lamina.Core;

/// <summary>
/// What CPUID tells a VM's vCPUs: composed when the VM is built, never passed through. A leaf is an index into a table; the few that depend on the subleaf,
/// the vCPU or its control registers carry a mark.
/// <para>
/// Shown of the physical CPU: vendor, family, brand, caches, address sizes, and those features whose whole state changes hands with the vCPU. Not shown:
/// virtualization, MONITOR, performance counters, AVX-512, AMX, protection keys, CET, XSAVES, TSX, memory encryption, enclaves, speculation controls, power management.
/// Added: the virtual x2APIC, TSC deadline, TSC_ADJUST, an APIC timer that never stops, an invariant TSC, the hypervisor's leaves.
/// </para>
/// <para>
/// Hypervisor leaves: Hyper-V's at 0x4000_0000, for Windows, with no more in them than <see cref="HyperVPartition"/> does; KVM's at 0x4000_0100, for Linux, which
/// looks for both and takes the higher; and Lamina's name at 0x4000_0200.
/// </para>
/// </summary>
public sealed partial class GuestCpuid
{
    private const uint ExtendedBase = 0x8000_0000;
    /// <summary>The interfaces of hypervisors are 0x100 leaves apart.</summary>
    private const uint HyperVBase = 0x4000_0000, KvmBase = 0x4000_0100, LaminaBase = 0x4000_0200;

    /// <summary>What has to be done to a leaf of the table before a vCPU gets it.</summary>
    private enum Rule : byte
    {
        /// <summary>It is as it stands.</summary>
        None,
        /// <summary>Leaf 1: APIC ID, OSXSAVE, whether the APIC is enabled.</summary>
        Features,
        /// <summary>Subleaves in a table: <see cref="Entry.Subleaves"/>; zero behind its end.</summary>
        Subleaves,
        /// <summary>Leaf 0xB: also, the APIC ID in EDX.</summary>
        Topology,
        /// <summary>Leaf 0xD: also, the size of the XSAVE area in EBX.</summary>
        Xsave,
        /// <summary>Leaf 0x8000_0001: on AMD whether the APIC is enabled, on Intel whether SYSCALL works in the mode that asks.</summary>
        ExtendedFeatures,
        /// <summary>Leaf 0x8000_001E: APIC ID.</summary>
        ExtendedTopology,
    }

    private struct Entry
    {
        public CpuidResult Leaf;
        public Rule Rule;
        public CpuidResult[]? Subleaves;
    }

    private Entry[] _basic, _extended, _hyperV, _kvm, _lamina;
    private readonly Entry[] _none = new Entry[0];
    /// <summary>What a leaf that there is not answers: AMD zeros, Intel its highest basic leaf, subleaves and all.</summary>
    private Entry _unknown;
    /// <summary>The size of the XSAVE area with AVX state, in bytes.</summary>
    private uint _xsaveSizeWithAvx;

    /// <summary>Which bits of XCR0 the guest may set.</summary>
    public ulong SupportedXcr0 { get; private set; }

    /// <summary>Which bits of EFER the guest may set, LMA aside.</summary>
    public Efer SupportedEfer { get; private set; }

    /// <summary>Whether the CPU follows AMD's manuals, else Intel's: which MSRs there are and how hypercalls are made follows from it.</summary>
    public bool IsAmd { get; private set; }

    /// <summary>How many bits a physical address has.</summary>
    public int PhysicalAddressBits { get; private set; }

    /// <summary>Carries out CPUID on a vCPU's registers (EAX and ECX in; EAX, EBX, ECX, EDX out). RIP is the caller's.</summary>
    public void Execute(VirtualCpu vcpu)
    {
        ref var registers = ref vcpu.State.Registers;
        ref readonly Entry entry = ref Find((uint)registers.Rax);
        if (entry.Rule == Rule.None) Put(ref registers, entry.Leaf);
        else Put(ref registers, Apply(vcpu, entry, (uint)registers.Rcx));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Put(ref GeneralRegisters registers, in CpuidResult answer)
    {
        registers.Rax = answer.Eax;
        registers.Rbx = answer.Ebx;
        registers.Rcx = answer.Ecx;
        registers.Rdx = answer.Edx;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref readonly Entry Find(uint leaf)
    {
        var table = _basic;
        uint index = leaf;
        if ((int)leaf < 0)
        {
            table = _extended;
            index = leaf - ExtendedBase;
        }
        else if (leaf >= HyperVBase)
        {
            table = FindHypervisorTable(leaf);
            index = leaf & byte.MaxValue;
        }
        if (index >= (uint)table.Length) return ref _unknown;
        return ref table[index];
    }

    private Entry[] FindHypervisorTable(uint leaf) => (leaf & ~(uint)byte.MaxValue) switch
    {
        HyperVBase => _hyperV,
        KvmBase => _kvm,
        LaminaBase => _lamina,
        _ => _none,
    };

    private CpuidResult Apply(VirtualCpu vcpu, in Entry entry, uint subleaf)
    {
        const int apicIdShift = 24;
        CpuidResult answer = entry.Leaf;
        if (entry.Subleaves is { } subleaves) answer = subleaf < (uint)subleaves.Length ? subleaves[subleaf] : default;
        switch (entry.Rule)
        {
            case Rule.Features:
                answer.Ebx |= (uint)vcpu.Index << apicIdShift;
                if ((vcpu.State.Cr4 & Cr4.OsXsave) != 0) answer.Ecx |= (uint)FeaturesEcx.OsXsave;
                if (!vcpu.Apic.IsEnabled) answer.Edx &= ~(uint)FeaturesEdx.Apic;
                break;
            case Rule.ExtendedFeatures:
                if (!vcpu.Apic.IsEnabled) answer.Edx &= ~(uint)FeaturesEdx.Apic;
                if (!IsAmd && !vcpu.State.Is64Bit) answer.Edx &= ~(uint)ExtendedEdx.Syscall;
                break;
            case Rule.Topology:
                answer.Ecx |= subleaf & byte.MaxValue;
                answer.Edx = (uint)vcpu.Index;
                break;
            case Rule.Xsave:
                // Subleaf 0: the area's size for XCR0 as it is; 1: in XSAVEC's form, which with x87, SSE and AVX alone is the same.
                if (subleaf > 1 || (subleaf == 1 && (answer.Eax & (uint)XsaveEax.Xsavec) == 0)) break;
                answer.Ebx = (vcpu.State.Xcr0 & XsaveAvx) != 0 ? _xsaveSizeWithAvx : LegacyXsaveSize;
                break;
            case Rule.ExtendedTopology:
                answer.Eax = (uint)vcpu.Index;
                answer.Ebx = (uint)vcpu.Index;
                break;
        }
        return answer;
    }

    /// <summary>How many bits of an APIC ID tell the VM's vCPUs apart.</summary>
    private static int IdBits(int vcpus) => 32 - BitOperations.LeadingZeroCount((uint)vcpus - 1);
}
