using System;

namespace Lamina.Core;

/// <summary>The policy: which of the physical CPU's answers a guest sees.</summary>
public sealed partial class GuestCpuid
{
    private const ulong XsaveX87 = XsaveComponents.X87, XsaveSse = XsaveComponents.Sse, XsaveAvx = XsaveComponents.Avx;
    /// <summary>The legacy area and the header: what XSAVE needs at the least.</summary>
    private const uint LegacyXsaveSize = 576;
    /// <summary>What a CPU has that does not say it.</summary>
    private const int LeastAddressBits = 36;

    private const int HighestAmdBasic = 0xD, HighestIntelBasic = 0x16, HighestExtended = 0x21, HighestHyperV = 5;
    private const uint HertzPerMegahertz = 1_000_000;

    private readonly Cpu _host;
    private readonly int _vcpus;
    private readonly WithheldInstructions _withheld;
    private bool _avx;

    /// <summary>
    /// The identity of a VM's <paramref name="vcpus"/> vCPUs (1 to 32) on a CPU whose TSC counts at <paramref name="tscFrequency"/> Hz, under a backend that
    /// withholds <paramref name="withheld"/>.
    /// </summary>
    public GuestCpuid(Cpu host, int vcpus, ulong tscFrequency, WithheldInstructions withheld = WithheldInstructions.None)
    {
        _host = host;
        _vcpus = vcpus;
        _withheld = withheld;
        CpuidResult vendor = host.ReadCpuid(0, 0);
        IsAmd = CpuVendor.IsAmd(vendor);
        DecideXsave(vendor.Eax);

        PhysicalAddressBits = LeastAddressBits;
        uint highestExtended = host.ReadCpuid(ExtendedBase, 0).Eax;
        int extended = highestExtended < ExtendedBase ? 0 : (int)Math.Min(highestExtended - ExtendedBase, HighestExtended) + 1;
        _basic = new Entry[Math.Min(vendor.Eax, (uint)(IsAmd ? HighestAmdBasic : HighestIntelBasic)) + 1];
        _extended = new Entry[extended];
        _hyperV = new Entry[HighestHyperV + 1];
        _kvm = new Entry[2];
        _lamina = new Entry[1];

        ComposeExtended();
        ComposeBasic(vendor, tscFrequency);
        ComposeHypervisor();
        if (!IsAmd) _unknown = _basic[^1];
    }

    /// <summary>Which XSAVE components there are: x87, SSE and AVX, as far as the CPU has them.</summary>
    private void DecideXsave(uint highestBasic)
    {
        SupportedXcr0 = XsaveX87;
        if (highestBasic < 0xD || ((FeaturesEcx)_host.ReadCpuid(1, 0).Ecx & FeaturesEcx.Xsave) == 0) return;
        SupportedXcr0 = _host.ReadCpuid(0xD, 0).Eax & (XsaveX87 | XsaveSse | XsaveAvx);
        _avx = (SupportedXcr0 & XsaveAvx) != 0;
        CpuidResult avx = _host.ReadCpuid(0xD, 2);
        _xsaveSizeWithAvx = _avx ? avx.Ebx + avx.Eax : LegacyXsaveSize;
    }

    private void ComposeBasic(in CpuidResult vendor, ulong tscFrequency)
    {
        Set(_basic, 0, new((uint)_basic.Length - 1, vendor.Ebx, vendor.Ecx, vendor.Edx));
        Set(_basic, 1, Features(), Rule.Features);
        if (!IsAmd)
        {
            // TLB and cache descriptors; caches.
            Set(_basic, 2, _host.ReadCpuid(2, 0));
            SetSubleaves(_basic, 4, Caches(4));
            // The TSC as a multiple of the crystal clock, which drives the APIC timer too; the nominal rates in MHz.
            Set(_basic, 0x15, new(1, (uint)LocalApicTimer.TscTicksPerBusClock, (uint)(tscFrequency / LocalApicTimer.TscTicksPerBusClock), 0));
            uint megahertz = (uint)(tscFrequency / HertzPerMegahertz);
            Set(_basic, 0x16, new(megahertz, megahertz, megahertz / (uint)LocalApicTimer.TscTicksPerBusClock, 0));
        }
        // Only that the APIC timer runs in all power states.
        const uint alwaysRunningApicTimer = 1 << 2;
        Set(_basic, 6, new(alwaysRunningApicTimer, 0, 0, 0));
        SetSubleaves(_basic, 7, [StructuredFeatures()]);
        SetSubleaves(_basic, 0xB, Topology(), Rule.Topology);
        if (SupportedXcr0 != XsaveX87) SetSubleaves(_basic, 0xD, Xsave(), Rule.Xsave);
    }

    private CpuidResult Features()
    {
        const uint clflushMask = 0xFF00;
        CpuidResult host = _host.ReadCpuid(1, 0);
        var ecx = (FeaturesEcx)host.Ecx & FeaturesEcx.Allowed | FeaturesEcx.Virtual;
        if (!_avx) ecx &= ~FeaturesEcx.NeedsAvx;
        var edx = (FeaturesEdx)host.Edx & FeaturesEdx.Allowed;
        if (_vcpus > 1) edx |= FeaturesEdx.Htt;
        return new(host.Eax, host.Ebx & clflushMask | (uint)_vcpus << 16, (uint)ecx, (uint)edx);
    }

    private CpuidResult StructuredFeatures()
    {
        if (_host.ReadCpuid(0, 0).Eax < 7) return default;
        CpuidResult host = _host.ReadCpuid(7, 0);
        var ebx = (StructuredEbx)host.Ebx & StructuredEbx.Allowed | StructuredEbx.Virtual;
        var ecx = (StructuredEcx)host.Ecx & StructuredEcx.Allowed;
        if (!_avx)
        {
            ebx &= ~StructuredEbx.NeedsAvx;
            ecx &= ~StructuredEcx.NeedsAvx;
        }
        if (Withholds(WithheldInstructions.Invpcid)) ebx &= ~StructuredEbx.Invpcid;
        if (Withholds(WithheldInstructions.Rdtscp)) ecx &= ~StructuredEcx.Rdpid;
        return new(0, (uint)ebx, (uint)ecx, host.Edx & (uint)StructuredEdx.Allowed);
    }

    /// <summary>One thread a core, all cores in one package.</summary>
    private CpuidResult[] Topology()
    {
        const uint threads = 1 << 8, cores = 2 << 8;
        return [new(0, 1, threads, 0), new((uint)IdBits(_vcpus), (uint)_vcpus, cores, 0), default];
    }

    private CpuidResult[] Xsave() =>
    [
        new((uint)SupportedXcr0, 0, _xsaveSizeWithAvx, 0),
        new(_host.ReadCpuid(0xD, 1).Eax & (uint)XsaveEax.Allowed, 0, 0, 0),
        _avx ? _host.ReadCpuid(0xD, 2) : default,
    ];

    /// <summary>The caches of leaf 4 or 0x8000_001D: the first two levels belong to one vCPU, the others to all.</summary>
    private CpuidResult[] Caches(uint leaf)
    {
        const uint typeMask = 0x1F, sharedByMask = 0xFFF << 14, coresMask = 0x3Fu << 26;
        const int most = 8;
        var caches = new CpuidResult[most];
        for (uint i = 0; i < most; i++)
        {
            CpuidResult cache = _host.ReadCpuid(leaf, i);
            if ((cache.Eax & typeMask) == 0) break;
            uint level = cache.Eax >> 5 & 7;
            cache.Eax &= ~(sharedByMask | coresMask);
            if (level >= 3) cache.Eax |= (uint)_vcpus - 1 << 14;
            if (!IsAmd) cache.Eax |= (1u << IdBits(_vcpus)) - 1 << 26;
            caches[i] = cache;
        }
        return caches;
    }

    private void ComposeExtended()
    {
        if (_extended.Length == 0) return;
        Set(_extended, 0, new(ExtendedBase + (uint)_extended.Length - 1, 0, 0, 0));
        if (IsAmd)
        {
            CpuidResult vendor = _host.ReadCpuid(0, 0);
            Set(_extended, 0, new(ExtendedBase + (uint)_extended.Length - 1, vendor.Ebx, vendor.Ecx, vendor.Edx));
        }
        Set(_extended, 1, ExtendedFeatures(), Rule.ExtendedFeatures);
        // The brand; caches and TLBs.
        foreach (int leaf in (ReadOnlySpan<int>)[2, 3, 4, 5, 6]) Pass(leaf);
        const uint invariantTsc = 1 << 8;
        Set(_extended, 7, new(0, 0, 0, invariantTsc));
        Set(_extended, 8, AddressSizes());
        if (!IsAmd) return;
        // TLBs of 1 GiB pages; performance hints.
        Pass(0x19);
        Pass(0x1A);
        SetSubleaves(_extended, 0x1D, Caches(ExtendedBase + 0x1D));
        Set(_extended, 0x1E, default, Rule.ExtendedTopology);
        Set(_extended, 0x21, new(_host.ReadCpuid(ExtendedBase + 0x21, 0).Eax & (uint)Extended21Eax.Allowed, 0, 0, 0));
    }

    private CpuidResult ExtendedFeatures()
    {
        CpuidResult host = _host.ReadCpuid(ExtendedBase + 1, 0);
        var ecx = (ExtendedEcx)host.Ecx & ExtendedEcx.Allowed;
        if (!_avx) ecx &= ~ExtendedEcx.NeedsAvx;
        if (_extended.Length <= 0x1E) ecx &= ~ExtendedEcx.TopologyExtensions;
        if (IsAmd && _vcpus > 1) ecx |= ExtendedEcx.CmpLegacy;
        uint edx = host.Edx & (uint)ExtendedEdx.Allowed;
        if (IsAmd) edx |= host.Edx & (uint)FeaturesEdx.Shared;
        if (Withholds(WithheldInstructions.Rdtscp)) edx &= ~(uint)ExtendedEdx.Rdtscp;

        var efer = Efer.SystemCallExtensions | Efer.LongModeEnable;
        if (((ExtendedEdx)edx & ExtendedEdx.NoExecute) != 0) efer |= Efer.NoExecuteEnable;
        if (((ExtendedEdx)edx & ExtendedEdx.FastFxsr) != 0) efer |= Efer.FastFxsaveRestore;
        SupportedEfer = efer;
        return new(IsAmd ? host.Eax : 0, IsAmd ? host.Ebx : 0, (uint)ecx, edx);
    }

    /// <summary>Physical addresses as wide as the CPU's, linear ones 48 bits: five-level paging is not shown.</summary>
    private CpuidResult AddressSizes()
    {
        const uint linear48 = 48 << 8;
        CpuidResult host = _host.ReadCpuid(ExtendedBase + 8, 0);
        PhysicalAddressBits = (byte)host.Eax;
        uint cores = IsAmd ? (uint)_vcpus - 1 | (uint)IdBits(_vcpus) << 12 : 0;
        return new((byte)host.Eax | linear48, host.Ebx & (uint)AddressSizeEbx.Allowed, cores, 0);
    }

    private void ComposeHypervisor()
    {
        ReadOnlySpan<byte> microsoft = "Microsoft Hv"u8, kvm = "KVMKVMKVM\0\0\0"u8, lamina = "LaminaLamina"u8;
        // TLFS 6.0b, 2.4: the interface, what may be used, what is recommended, how much there can be. No version is claimed.
        const uint frequencyMsrs = 1 << 8, relaxedTiming = 1 << 5, neverNotifyOfSpinning = uint.MaxValue;
        Set(_hyperV, 0, new(HyperVBase + HighestHyperV, CpuVendor.Word(microsoft, 0), CpuVendor.Word(microsoft, 1), CpuVendor.Word(microsoft, 2)));
        Set(_hyperV, 1, new(CpuVendor.Word("Hv#1"u8, 0), 0, 0, 0));
        Set(_hyperV, 3, new((uint)HyperVPrivileges.Provided, 0, 0, frequencyMsrs));
        Set(_hyperV, 4, new(relaxedTiming, neverNotifyOfSpinning, 0, 0));
        Set(_hyperV, 5, new((uint)_vcpus, (uint)_vcpus, 0, 0));
        Set(_kvm, 0, new(KvmBase + 1, CpuVendor.Word(kvm, 0), CpuVendor.Word(kvm, 1), CpuVendor.Word(kvm, 2)));
        Set(_kvm, 1, new((uint)KvmFeatures.Provided, 0, 0, 0));
        Set(_lamina, 0, new(LaminaBase, CpuVendor.Word(lamina, 0), CpuVendor.Word(lamina, 1), CpuVendor.Word(lamina, 2)));
    }

    private bool Withholds(WithheldInstructions instructions) => (_withheld & instructions) != 0;

    private void Pass(int leaf) => Set(_extended, leaf, _host.ReadCpuid(ExtendedBase + (uint)leaf, 0));

    private static void Set(Entry[] table, int leaf, in CpuidResult value, Rule rule = Rule.None)
    {
        if (leaf < table.Length) table[leaf] = new Entry { Leaf = value, Rule = rule };
    }

    private static void SetSubleaves(Entry[] table, int leaf, CpuidResult[] subleaves, Rule rule = Rule.Subleaves)
    {
        if (leaf < table.Length) table[leaf] = new Entry { Rule = rule, Subleaves = subleaves };
    }
}
