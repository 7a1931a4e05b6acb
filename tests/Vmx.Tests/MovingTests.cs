using System;
using System.Linq;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Vmx.Tests;

/// <summary>A vCPU's state goes from one physical CPU to another, and back.</summary>
public sealed class MovingTests : IDisposable
{
    private readonly VmxFixture _vmx = new();
    private readonly FakeCpu _second = VmxFixture.CreateCpu(index: 1);
    private readonly FakeVmxCpu _there;

    public MovingTests()
    {
        _there = new FakeVmxCpu(_second, _vmx.Features, new FakeVmcs(_vmx.Vmcs));
        _vmx.Cpus.Add(_second, _there);
        foreach (var cpu in new[] { _vmx.Cpu, _second })
            foreach (uint msr in SwitchedMsr.Lazy.ToArray().Append(SwitchedMsr.TscAux)) cpu.Msrs[msr] = 0;
    }

    public void Dispose() => _vmx.Dispose();

    private VmxVcpuState State => _vmx.State;

    private FakeVmxCpu Here => _vmx.Backend;

    /// <summary>The first entry after another vCPU's, and its exit, as VmxBackend does them.</summary>
    private static void Run(FakeVmxCpu cpu, VmxVcpuState state)
    {
        cpu.Loaded.Should().NotBe(state);
        cpu.Vmcs.Invalidations.Clear();
        cpu.Load(state);
        state.BeforeEntry().Should().BeTrue();
        state.Fields = VmxFixture.Exit(VmxExitReason.Cpuid);
        state.Fields.Rip = state.Rip;
        state.Fields.Rflags = state.Rflags;
        state.AfterExit();
        state.IsLaunched.Should().BeTrue();
    }

    private VmxVcpuState MakeAnother(FakeCpu cpu)
    {
        _vmx.Pages.TryAllocatePages(VmxVcpuState.PageCount, out var pages).Should().BeTrue();
        var state = new VmxVcpuState(_vmx.Cpus, cpu, _vmx.Pages, pages, _vmx.Features, _vmx.Maps, VmxFixture.NestedRoot);
        state.ApicModeChanged(_vmx.Vcpu.Apic);
        return state;
    }

    [Fact]
    public void NothingOfItStaysInTheCpuThatItLeaves()
    {
        Run(Here, State);
        // The guest writes it without an exit.
        _vmx.Cpu.Msrs[SwitchedMsr.LStar] = 0x1234;
        State.Leave();
        Here.Loaded.Should().BeNull();
        Here.Registers.Should().Equal(("load", State), ("unload", State));
        _vmx.Vmcs.IsActive(State.VmcsPhysical).Should().BeFalse("it was VMCLEARed");
        State.IsLaunched.Should().BeFalse();
        State.TryReadSwitchedMsr(SwitchedMsr.LStar, out ulong star);
        star.Should().Be(0x1234);
    }

    [Fact]
    public void LeavingIsHarmlessWhereItIsNotLoaded()
    {
        var other = MakeAnother(_vmx.Cpu);
        Run(Here, State);
        Run(Here, other);
        State.Leave();
        State.Leave();
        Here.Loaded.Should().Be(other);
        Here.Registers.Should().Equal(("load", State), ("unload", State), ("load", other));
        _vmx.Vmcs.IsActive(other.VmcsPhysical).Should().BeTrue();
        State.IsLaunched.Should().BeFalse();
        Run(Here, State);
        State.Cr3 = 0x5000;
        State.Cr3.Should().Be(0x5000);
        other.Cr3.Should().Be(0);
    }

    [Fact]
    public void OnAnotherCpuItIsLaunchedAnewUnderAVpidAndWithTheHostStateOfThatCpu()
    {
        Run(_there, MakeAnother(_second));
        Run(Here, State);
        State.Cr3 = 0x5000;
        State.TryWriteSwitchedMsr(SwitchedMsr.TscAux, 7);
        _vmx.Cpu.Msrs[SwitchedMsr.LStar] = 0x1234;
        State.Leave();
        State.Adopt(_second);
        State.IsLaunched.Should().BeFalse();
        Run(_there, State);
        _there.Loaded.Should().Be(State);
        _there.Vmcs.IsActive(State.VmcsPhysical).Should().BeTrue();
        _there.Vmcs.Read(VmcsField16.Vpid).Should().Be(2);
        _there.Vmcs.Read(VmcsFieldNatural.HostGsBase).Should().Be(1);
        _second.Msrs[SwitchedMsr.TscAux].Should().Be(7);
        _second.Msrs[SwitchedMsr.LStar].Should().Be(0x1234);
        State.Cr3.Should().Be(0x5000);
        _there.Vmcs.Invalidations.Should().Equal(
            ("INVVPID", InvalidationType.SingleContext, 2), ("INVEPT", InvalidationType.SingleContext, _there.Vmcs.Read(VmcsField64.EptPointer)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void BackOnTheFirstCpuTheVpidIsAFreshOneAndTheSecondLevelIsFlushed(bool isEnteredMeanwhile)
    {
        Run(Here, State);
        uint first = State.Vpid.Value;
        State.Leave();
        State.Adopt(_second);
        if (isEnteredMeanwhile) Run(_there, State);
        State.Leave();
        State.Adopt(_vmx.Cpu);
        Run(Here, State);
        State.Vpid.Value.Should().NotBe(first);
        _vmx.Vmcs.Read(VmcsField16.Vpid).Should().Be((ushort)State.Vpid.Value);
        _vmx.Vmcs.Read(VmcsFieldNatural.HostGsBase).Should().Be(0);
        _vmx.Vmcs.Invalidations.Where(one => one.Instruction == "INVEPT").Should().ContainSingle();
    }

    [Fact]
    public void WithoutLeavingItCannotBeUsedElsewhere()
    {
        Run(Here, State);
        State.Adopt(_second);
        State.Invoking(state => state.Cr3).Should().Throw<InvalidOperationException>("the test's CPUs are strict");
    }

    [Fact]
    public void ItIsFreedOnTheCpuThatItIsOn()
    {
        Run(Here, State);
        State.Leave();
        State.Adopt(_second);
        Run(_there, State);
        State.Free();
        _there.Loaded.Should().BeNull();
        _there.Vmcs.IsActive(State.VmcsPhysical).Should().BeFalse();
    }

    [Theory]
    [InlineData(CapabilityMsr.PinControls, (ulong)PinControls.ActivatePreemptionTimer << 32, "preemption timer")]
    [InlineData(CapabilityMsr.PrimaryControls, (ulong)PrimaryControls.UseTprShadow << 32, "bit 21 of its primary processor-based controls cannot be 1")]
    [InlineData(CapabilityMsr.SecondaryControls, (ulong)SecondaryControls.EnableVpid << 32, "bit 5 of its secondary processor-based controls cannot be 1")]
    [InlineData(CapabilityMsr.SecondaryControls, (ulong)SecondaryControls.VirtualInterruptDelivery << 32, "bit 9 of its secondary")]
    [InlineData(CapabilityMsr.SecondaryControls, (ulong)SecondaryControls.VirtualizeX2Apic << 32, "bit 4 of its secondary")]
    [InlineData(CapabilityMsr.EptVpid, (ulong)EptVpidCapabilities.Pages1G, "lacks bit 17 of what EPT and VPID can do")]
    [InlineData(CapabilityMsr.Basic, 2UL, "another revision")]
    [InlineData(CapabilityMsr.Miscellaneous, 1UL, "counts at another rate")]
    [InlineData(CapabilityMsr.Cr4Allowed, (ulong)Cr4.ProcessContextIdentifiers, "CR0 and CR4")]
    public void ACpuThatLacksWhatTheFirstHasIsRefused(uint msr, ulong bits, string message)
    {
        var cpu = VmxFixture.CreateCpu();
        VmxFixture.Remove(cpu, msr, bits);
        var less = VmxFeatures.Read(cpu)!;
        _vmx.Features.FindDifference(less).Should().StartWith("this CPU differs from the one that booted: ").And.Contain(message);
        // More does no harm, but where it is not more but something else.
        if (msr is not (CapabilityMsr.Basic or CapabilityMsr.Miscellaneous or CapabilityMsr.PrimaryControls)) less.FindDifference(_vmx.Features).Should().BeNull();
    }

    [Fact]
    public void ACpuThatInsistsOnWhatTheFirstLeavesOffIsRefused()
    {
        var cpu = VmxFixture.CreateCpu();
        cpu.Msrs[CapabilityMsr.ExitControls + CapabilityMsr.TrueOffset] |= (ulong)ExitControls.AcknowledgeInterrupt;
        _vmx.Features.FindDifference(VmxFeatures.Read(cpu)!).Should().EndWith("bit 15 of its VM-exit controls cannot be 0");
    }

    [Fact]
    public void AnEqualCpuIsNot() => _vmx.Features.FindDifference(VmxFixture.ReadFeatures()).Should().BeNull();

    [Fact]
    public void WhatIsNotUsedMayBeMissing()
    {
        var cpu = VmxFixture.CreateCpu(SecondaryControls.VmcsShadowing);
        cpu.Msrs[CapabilityMsr.EptVpid] &= ~(ulong)EptVpidCapabilities.FiveLevels;
        _vmx.Features.FindDifference(VmxFeatures.Read(cpu)!).Should().BeNull();
    }
}
