using System;
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
        (seven.Edx & 0xFFFF_FFEF).Should().Be(0, "AMX, CET_IBT, speculation controls");
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
