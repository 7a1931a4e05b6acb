using System;
using System.Globalization;
using System.Text;
using Lamina.Testing;

namespace Lamina.Core.Tests.Identity;

public sealed class GuestCpuidTests
{
    private static CpuidResult Query(TestMachine test, uint leaf, uint subleaf = 0, int vcpu = 0)
    {
        ref var registers = ref test.States[vcpu].Registers;
        registers.Rax = 0xFFFF_FFFF_0000_0000 | leaf;
        registers.Rcx = 0xFFFF_FFFF_0000_0000 | subleaf;
        test.Machine.Cpuid.Execute(test.Machine.Vcpus[vcpu]);
        (registers.Rax | registers.Rbx | registers.Rcx | registers.Rdx).Should().BeLessThan(1UL << 32, "CPUID clears the upper halves");
        return new((uint)registers.Rax, (uint)registers.Rbx, (uint)registers.Rcx, (uint)registers.Rdx);
    }

    private static string Text(uint a, uint b, uint c)
    {
        var bytes = new byte[12];
        BitConverter.TryWriteBytes(bytes, a);
        BitConverter.TryWriteBytes(bytes.AsSpan(4), b);
        BitConverter.TryWriteBytes(bytes.AsSpan(8), c);
        return Encoding.ASCII.GetString(bytes);
    }

    private static TestMachine Amd(int vcpus = 1) => Reset(new(vcpus: vcpus, frequency: 2_500_000_000));
    private static TestMachine Intel(int vcpus = 1) => Reset(new(vcpus: vcpus, frequency: 2_500_000_000, cpuid: new FakeCpuid(intel: true)));

    private static TestMachine Reset(TestMachine test)
    {
        foreach (var vcpu in test.Machine.Vcpus) vcpu.Reset();
        return test;
    }

    [Fact]
    public void VendorFamilyAndBrandAreTheCpus()
    {
        using var test = Amd();
        CpuidResult vendor = Query(test, 0);
        vendor.Eax.Should().Be(0xD);
        Text(vendor.Ebx, vendor.Edx, vendor.Ecx).Should().Be("AuthenticAMD");
        Query(test, 1).Eax.Should().Be(0x0083_0F10);
        Query(test, 0x8000_0003).Ebx.Should().Be(0x8000_0003);
        Query(test, 0x8000_0000).Eax.Should().Be(0x8000_0021);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void WhatIsNotSwitchedIsNotShown(bool intel)
    {
        using var test = intel ? Intel() : Amd();
        CpuidResult one = Query(test, 1), seven = Query(test, 7), extended = Query(test, 0x8000_0001), sizes = Query(test, 0x8000_0008);
        (one.Ecx & (1 << 3 | 1 << 5 | 1 << 6)).Should().Be(0, "MONITOR, VMX, SMX");
        (one.Edx & (1 << 21 | 1 << 22 | 1 << 29)).Should().Be(0, "DS, ACPI, TM");
        (seven.Ebx & (1 << 2 | 1 << 4 | 1 << 11 | 1 << 16 | 1 << 25 | 1 << 31)).Should().Be(0, "SGX, HLE, RTM, AVX-512, PT");
        (seven.Ecx & (1 << 3 | 1 << 4 | 1 << 5 | 1 << 7 | 1 << 16)).Should().Be(0, "PKU, OSPKE, WAITPKG, CET_SS, LA57");
        (seven.Edx & ~(1u << 4 | 1 << 10 | 1 << 14)).Should().Be(0, "AMX, CET_IBT, speculation controls: all but FSRM, MD_CLEAR, SERIALIZE");
        (extended.Ecx & (1 << 2 | 1 << 10 | 1 << 12 | 1 << 23 | 1 << 24 | 1 << 28 | 1 << 29)).Should().Be(0, "SVM, IBS, SKINIT, counters, MWAITX");
        (sizes.Ebx & 0xFFFF_FFF8).Should().Be(0, "speculation controls");
        Query(test, 0xA).Eax.Should().Be(0, "no performance counters");
        Query(test, 0xD, 1).Eax.Should().Be(7, "no XSAVES");
        if (intel) return;
        foreach (uint leaf in (uint[])[0x8000_000A, 0x8000_001B, 0x8000_001F, 0x8000_0020])
        {
            CpuidResult answer = Query(test, leaf);
            (answer.Eax | answer.Ebx | answer.Ecx | answer.Edx).Should().Be(0, $"{leaf:x}");
        }
    }

    [Fact]
    public void WhatTheHypervisorProvidesIsShown()
    {
        using var test = Amd();
        (Query(test, 1).Ecx & (1 << 21 | 1 << 24 | 1u << 31)).Should().Be(1 << 21 | 1 << 24 | 1u << 31, "x2APIC, TSC deadline, hypervisor");
        (Query(test, 7).Ebx & 2).Should().Be(2, "TSC_ADJUST");
        Query(test, 6).Eax.Should().Be(4, "ARAT");
        Query(test, 0x8000_0007).Edx.Should().Be(1 << 8, "the invariant TSC alone");
        (Query(test, 0x8000_0001).Edx & 1 << 27).Should().NotBe(0, "RDTSCP");
    }

    [Theory]
    [InlineData(WithheldInstructions.None, true, true)]
    [InlineData(WithheldInstructions.Rdtscp, false, true)]
    [InlineData(WithheldInstructions.Invpcid, true, false)]
    public void WhatTheBackendWithholdsIsNotShown(WithheldInstructions withheld, bool rdtscp, bool invpcid)
    {
        using var test = Reset(new TestMachine(cpuid: new FakeCpuid(intel: true), withheld: withheld));
        (Query(test, 0x8000_0001).Edx >> 27 & 1).Should().Be(rdtscp ? 1u : 0, "RDTSCP");
        (Query(test, 7).Ecx >> 22 & 1).Should().Be(rdtscp ? 1u : 0, "RDPID");
        (Query(test, 7).Ebx >> 10 & 1).Should().Be(invpcid ? 1u : 0, "INVPCID");
    }

    [Fact]
    public void OsxsaveFollowsCr4AndApicItsBase()
    {
        using var test = Amd();
        (Query(test, 1).Ecx & 1 << 27).Should().Be(0);
        test.States[0].Cr4 = Cr4.OsXsave;
        (Query(test, 1).Ecx & 1 << 27).Should().NotBe(0);
        (Query(test, 1).Edx & 1 << 9).Should().NotBe(0);
        (Query(test, 0x8000_0001).Edx & 1 << 9).Should().NotBe(0);
        test.Machine.Vcpus[0].Apic.TrySetBase(0);
        (Query(test, 1).Edx & 1 << 9).Should().Be(0);
        (Query(test, 0x8000_0001).Edx & 1 << 9).Should().Be(0);
    }

    [Fact]
    public void TheXsaveAreaFollowsXcr0()
    {
        using var test = Amd();
        test.Machine.Cpuid.SupportedXcr0.Should().Be(7);
        test.States[0].Xcr0 = 1;
        CpuidResult answer = Query(test, 0xD);
        (answer.Eax, answer.Ebx, answer.Ecx, answer.Edx).Should().Be((7u, 576u, 832u, 0u));
        test.States[0].Xcr0 = 7;
        Query(test, 0xD).Ebx.Should().Be(832);
        Query(test, 0xD, 1).Ebx.Should().Be(832);
        Query(test, 0xD, 2).Eax.Should().Be(256);
        Query(test, 0xD, 5).Eax.Should().Be(0);
    }

    [Fact]
    public void WithoutAvxStateNothingThatNeedsItIsShown()
    {
        var host = new FakeCpuid { [0xD] = new(3, 576, 576, 0) };
        using var test = Reset(new TestMachine(cpuid: host));
        test.Machine.Cpuid.SupportedXcr0.Should().Be(3);
        (Query(test, 1).Ecx & (1 << 12 | 1 << 28 | 1 << 29)).Should().Be(0);
        (Query(test, 7).Ebx & 1 << 5).Should().Be(0);
        (Query(test, 0x8000_0001).Ecx & (1 << 11 | 1 << 16)).Should().Be(0);
        Query(test, 0xD).Ecx.Should().Be(576);
    }

    [Fact]
    public void AnAmdCpuAnswersZerosWhereThereIsNoLeafAndAnIntelCpuItsHighest()
    {
        using var amd = Amd();
        using var intel = Intel();
        foreach (uint leaf in (uint[])[0xE, 0x16, 0x3FFF_FFFF, 0x4000_0006, 0x4000_0102, 0x4000_0201, 0x4000_0300, 0x8000_0022, 0x8FFF_FFFF, 0xC000_0000, uint.MaxValue])
        {
            CpuidResult answer = Query(amd, leaf);
            (answer.Eax | answer.Ebx | answer.Ecx | answer.Edx).Should().Be(0, $"{leaf:x}");
        }
        CpuidResult highest = Query(intel, 0x16);
        highest.Eax.Should().Be(2500);
        Query(intel, 0x17).Should().Be(highest);
        Query(intel, 0x8000_0009).Should().Be(highest);

        using var haswell = Reset(new TestMachine(cpuid: CpuidDumps.Haswell));
        foreach (uint leaf in (uint[])[0xE, 0x16, 0x1F, 0x4000_0300, 0x8000_000A])
            for (uint subleaf = 0; subleaf < 4; subleaf++)
                Query(haswell, leaf, subleaf).Should().Be(Query(haswell, 0xD, subleaf), $"{leaf:x}, subleaf {subleaf}");
    }

    [Fact]
    public void SyscallOfAnIntelCpuIsThereIn64BitModeAlone()
    {
        const uint syscall = 1 << 11;
        using var intel = Intel();
        using var amd = Amd();
        (Query(intel, 0x8000_0001).Edx & syscall).Should().Be(0);
        (Query(amd, 0x8000_0001).Edx & syscall).Should().Be(syscall, "AMD has it in every mode");
        intel.States[0].Efer = Efer.LongModeActive;
        intel.States[0].SetSegment(SegmentName.Cs, new SegmentRegister(8, SegmentAttributes.Long, 0, 0));
        (Query(intel, 0x8000_0001).Edx & syscall).Should().Be(syscall);
    }

    // Two cores, and nothing of MONITOR, thermal and power management, VMX, performance counters, debug store; SYSCALL not in real mode.
    [Fact]
    public void AGuestOnAHaswell() => GuestOf(CpuidDumps.Haswell, vcpus: 2).Should().Be("""
        00000000 0 0000000d 756e6547 6c65746e 49656e69
        00000001 0 000306c3 00020800 f7fa3203 1f8bfbff
        00000002 0 76036301 00f0b5ff 00000000 00c10000
        00000004 0 04000121 01c0003f 0000003f 00000000
        00000004 1 04000122 01c0003f 0000003f 00000000
        00000004 2 04000143 01c0003f 000001ff 00000000
        00000004 3 04004163 03c0003f 00001fff 00000006
        00000006 0 00000004 00000000 00000000 00000000
        00000007 0 00000000 000027ab 00000000 00000000
        0000000b 0 00000000 00000001 00000100 00000000
        0000000b 1 00000001 00000002 00000201 00000000
        0000000b 2 00000000 00000000 00000002 00000000
        0000000b 3 00000000 00000000 00000003 00000000
        0000000b 4 00000000 00000000 00000004 00000000
        0000000d 0 00000007 00000240 00000340 00000000
        0000000d 1 00000001 00000000 00000000 00000000
        0000000d 2 00000100 00000240 00000000 00000000
        80000000 0 80000008 00000000 00000000 00000000
        80000001 0 00000000 00000000 00000021 2c100000
        80000002 0 65746e49 2952286c 726f4320 4d542865
        80000003 0 37692029 3737342d 50432030 20402055
        80000004 0 30342e33 007a4847 00000000 00000000
        80000006 0 00000000 00000000 01006040 00000000
        80000007 0 00000000 00000000 00000000 00000100
        80000008 0 00003028 00000000 00000000 00000000
        """);

    [Fact]
    public void AGuestOnATrinity() => GuestOf(CpuidDumps.Trinity, vcpus: 2).Should().Be("""
        00000000 0 0000000d 68747541 444d4163 69746e65
        00000001 0 00610f01 00020800 b7b83203 178bfbff
        00000006 0 00000004 00000000 00000000 00000000
        00000007 0 00000000 0000000a 00000000 00000000
        0000000b 0 00000000 00000001 00000100 00000000
        0000000b 1 00000001 00000002 00000201 00000000
        0000000b 2 00000000 00000000 00000002 00000000
        0000000b 3 00000000 00000000 00000003 00000000
        0000000b 4 00000000 00000000 00000004 00000000
        0000000d 0 00000007 00000240 00000340 00000000
        0000000d 2 00000100 00000240 00000000 00000000
        80000000 0 8000001e 68747541 444d4163 69746e65
        80000001 0 00600f12 20000000 006109e3 2fd3fbff
        80000002 0 20444d41 352d3841 4b303036 55504120
        80000003 0 74697720 61522068 6e6f6564 296d7428
        80000004 0 20444820 70617247 73636968 00202020
        80000005 0 ff40ff18 ff40ff30 10040140 40020140
        80000006 0 64006400 64004200 08008140 00000000
        80000007 0 00000000 00000000 00000000 00000100
        80000008 0 00003028 00000000 00001001 00000000
        80000019 0 f040f018 64006400 00000000 00000000
        8000001a 0 00000003 00000000 00000000 00000000
        8000001d 0 00000121 00c0003f 0000003f 00000000
        8000001d 1 00000122 0040003f 000001ff 00000000
        8000001d 2 00000143 03c0003f 000007ff 00000001
        """);

    /// <summary>All that a guest's first vCPU is told, beside the hypervisor's leaves, as <see cref="CpuidDumps"/> has it.</summary>
    private static string GuestOf(FakeCpuid host, int vcpus)
    {
        using var test = Reset(new TestMachine(vcpus: vcpus, frequency: 3_400_000_000, cpuid: host));
        var lines = new StringBuilder();
        foreach (uint first in (uint[])[0, 0x8000_0000])
        {
            uint last = Query(test, first).Eax;
            for (uint leaf = first; leaf <= last; leaf++)
            {
                uint subleaves = leaf is 4 or 7 or 0xB or 0xD or 0x8000_001D ? 5u : 1;
                for (uint subleaf = 0; subleaf < subleaves; subleaf++)
                {
                    CpuidResult answer = Query(test, leaf, subleaf);
                    if ((answer.Eax | answer.Ebx | answer.Ecx | answer.Edx) == 0) continue;
                    lines.Append(CultureInfo.InvariantCulture, $"{leaf:x8} {subleaf:x} {answer.Eax:x8} {answer.Ebx:x8} {answer.Ecx:x8} {answer.Edx:x8}\n");
                }
            }
        }
        return lines.ToString().TrimEnd('\n');
    }

    [Fact]
    public void IntelsTscLeafGivesTheExactFrequency()
    {
        using var test = Intel();
        CpuidResult tsc = Query(test, 0x15);
        ((ulong)tsc.Ecx * tsc.Ebx / tsc.Eax).Should().Be(2_500_000_000);
        tsc.Ecx.Should().Be(2_500_000_000 / (uint)LocalApicTimer.TscTicksPerBusClock, "Linux takes the crystal for the APIC timer's clock");
    }

    [Fact]
    public void TheHypervisorsLeavesAreHyperVsKvmsAndLaminas()
    {
        using var test = Amd(2);
        CpuidResult hyperV = Query(test, 0x4000_0000), kvm = Query(test, 0x4000_0100), lamina = Query(test, 0x4000_0200);
        hyperV.Eax.Should().Be(0x4000_0005);
        Text(hyperV.Ebx, hyperV.Ecx, hyperV.Edx).Should().Be("Microsoft Hv");
        Text(Query(test, 0x4000_0001).Eax, 0, 0).Should().StartWith("Hv#1");
        Query(test, 0x4000_0003).Should().Be(new CpuidResult(1 << 1 | 1 << 5 | 1 << 6 | 1 << 9 | 1 << 11, 0, 0, 1 << 8));
        Query(test, 0x4000_0004).Ebx.Should().Be(uint.MaxValue);
        Query(test, 0x4000_0005).Eax.Should().Be(2);
        kvm.Eax.Should().Be(0x4000_0101);
        Text(kvm.Ebx, kvm.Ecx, kvm.Edx).Should().Be("KVMKVMKVM\0\0\0");
        Query(test, 0x4000_0101).Eax.Should().Be(1 << 0 | 1 << 1 | 1 << 3 | 1 << 5 | 1 << 24);
        Text(lamina.Ebx, lamina.Ecx, lamina.Edx).Should().Be("LaminaLamina");
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 1)]
    [InlineData(3, 2)]
    [InlineData(32, 5)]
    public void TheTopologyIsOnePackageOfCores(int vcpus, uint idBits)
    {
        using var test = Amd(vcpus);
        int last = vcpus - 1;
        (Query(test, 1, vcpu: last).Ebx >> 24).Should().Be((uint)last);
        (Query(test, 1).Ebx >> 16 & 0xFF).Should().Be((uint)vcpus);
        (Query(test, 1).Edx >> 28 & 1).Should().Be(vcpus > 1 ? 1u : 0);
        CpuidResult cores = Query(test, 0xB, 1, last);
        (cores.Eax, cores.Ebx, cores.Ecx, cores.Edx).Should().Be((idBits, (uint)vcpus, 0x201u, (uint)last));
        Query(test, 0xB, 0).Ecx.Should().Be(0x100);
        Query(test, 0xB, 7, last).Should().Be(new CpuidResult(0, 0, 7, (uint)last));
        CpuidResult sizes = Query(test, 0x8000_0008);
        (sizes.Ecx & 0xFF).Should().Be((uint)vcpus - 1);
        (sizes.Ecx >> 12 & 0xF).Should().Be(idBits);
        Query(test, 0x8000_001E, vcpu: last).Eax.Should().Be((uint)last);
        (Query(test, 0x8000_001D, 0).Eax >> 14 & 0xFFF).Should().Be(0, "the first level is a core's own");
        (Query(test, 0x8000_001D, 2).Eax >> 14 & 0xFFF).Should().Be((uint)vcpus - 1);
    }

    [Fact]
    public void NoLeafEverFaults()
    {
        using var test = Amd();
        using var poor = Reset(new TestMachine(cpuid: new FakeCpuid { [0] = default, [0x8000_0000] = default }));
        var random = new Random(1);
        for (int i = 0; i < 100_000; i++)
        {
            uint leaf = (uint)random.NextInt64(1L << 32) & (random.Next(2) == 0 ? uint.MaxValue : 0xC000_01FF);
            Query(test, leaf, (uint)random.Next());
            Query(poor, leaf, (uint)random.Next());
        }
    }
}
