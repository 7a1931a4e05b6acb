using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lamina.Testing;

namespace Lamina.Core.Tests.HyperV;

public sealed class HyperVPartitionTests : IDisposable
{
    private const ulong Frequency = 3_000_000_000;
    private readonly TestMachine _test = new(vcpus: 2, frequency: Frequency);

    public HyperVPartitionTests()
    {
        foreach (var vcpu in _test.Machine.Vcpus) vcpu.Reset();
    }

    public void Dispose() => _test.Dispose();

    private bool Write(HyperVMsr msr, ulong value, int vcpu = 0) => GuestMsrs.TryWrite(_test.Machine.Vcpus[vcpu], (uint)msr, value);

    private ulong Read(HyperVMsr msr, int vcpu = 0)
    {
        GuestMsrs.TryRead(_test.Machine.Vcpus[vcpu], (uint)msr, out ulong value).Should().BeTrue();
        return value;
    }

    private HyperVPartition.ReferenceTscPage Page => MemoryMarshal.Read<HyperVPartition.ReferenceTscPage>(_test.Memory[0x3000..]);

    private ulong PageTime(ulong tsc) => Math.BigMul(tsc, Page.Scale, out ulong _) + Page.Offset;

    [Fact]
    public void RatesAndNumbersAreTheVms()
    {
        Read(HyperVMsr.VpIndex, vcpu: 1).Should().Be(1);
        Read(HyperVMsr.TscFrequency).Should().Be(Frequency);
        Read(HyperVMsr.ApicFrequency).Should().Be(Frequency / 4);
        Write(HyperVMsr.VpIndex, 0).Should().BeFalse("it is read-only");
        _test.Cpu.Tsc = Frequency * 5;
        Read(HyperVMsr.TimeReferenceCount).Should().Be(50_000_000);
    }

    [Fact]
    public void TheReferencePageAgreesWithTheCounter()
    {
        Unsafe.SizeOf<HyperVPartition.ReferenceTscPage>().Should().Be(24);
        Write(HyperVMsr.ReferenceTsc, 0x3001).Should().BeTrue();
        Page.Sequence.Should().Be(1);
        _test.Cpu.Tsc = Frequency * 3600;
        PageTime(_test.Cpu.Tsc).Should().BeInRange(Read(HyperVMsr.TimeReferenceCount) - 1, Read(HyperVMsr.TimeReferenceCount));
    }

    [Fact]
    public void TheReferencePageKnowsOfATscThatTheGuestHasSet()
    {
        GuestMsrs.TryWrite(_test.Machine.Vcpus[0], (uint)Msr.Tsc, Frequency * 100).Should().BeTrue();
        Write(HyperVMsr.ReferenceTsc, 0x3001).Should().BeTrue();
        _test.Cpu.Tsc = Frequency * 2;
        PageTime(Frequency * 102).Should().BeInRange(20_000_000 - 2, 20_000_000 + 2);
    }

    [Fact]
    public void TheHypercallPageComesAfterTheGuestsNameAndRefusesEveryCall()
    {
        Write(HyperVMsr.Hypercall, 0x2001).Should().BeTrue();
        Read(HyperVMsr.Hypercall).Should().Be(0, "the guest has not said who it is");
        Write(HyperVMsr.GuestOsId, 0x8100_0000_0000_0000).Should().BeTrue();
        Write(HyperVMsr.Hypercall, 0x2001, vcpu: 1).Should().BeTrue();
        Read(HyperVMsr.Hypercall).Should().Be(0x2001);
        _test.Memory[0x2000..0x2004].ToArray().Should().Equal(0x0F, 0x01, 0xD9, 0xC3);

        HypercallHandler.Execute(_test.Machine.Vcpus[0]);
        _test.States[0].Registers.Rax.Should().Be(2, "HV_STATUS_INVALID_HYPERCALL_CODE");

        Write(HyperVMsr.Hypercall, 0x4000_0001).Should().BeFalse("there is no RAM");
        Write(HyperVMsr.GuestOsId, 0).Should().BeTrue();
        Read(HyperVMsr.Hypercall).Should().Be(0x2000);
        HypercallHandler.Execute(_test.Machine.Vcpus[0]);
        ((int)_test.States[0].Registers.Rax).Should().Be(-1000, "it is KVM's convention again");
    }

    [Fact]
    public void TheHypercallPageHasTheInstructionOfTheCpusVendor()
    {
        using var intel = new TestMachine(cpuid: CpuidDumps.Haswell);
        var vcpu = intel.Machine.Vcpus[0];
        vcpu.Reset();
        GuestMsrs.TryWrite(vcpu, (uint)HyperVMsr.GuestOsId, 1).Should().BeTrue();
        GuestMsrs.TryWrite(vcpu, (uint)HyperVMsr.Hypercall, 0x2001).Should().BeTrue();
        intel.Memory[0x2000..0x2005].ToArray().Should().Equal(0x0F, 0x01, 0xC1, 0xC3, 0);
    }

    [Fact]
    public void ALockedHypercallPageStays()
    {
        Write(HyperVMsr.GuestOsId, 1).Should().BeTrue();
        Write(HyperVMsr.Hypercall, 0x2003).Should().BeTrue();
        Write(HyperVMsr.Hypercall, 0x3001).Should().BeTrue();
        Read(HyperVMsr.Hypercall).Should().Be(0x2003);
        _test.Machine.Vcpus[0].Reset();
        Read(HyperVMsr.Hypercall).Should().Be(0, "but for a reset");
    }
}
