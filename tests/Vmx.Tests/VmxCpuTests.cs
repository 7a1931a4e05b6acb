using System;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Vmx.Tests;

/// <summary>The preemption timer: how long a guest is left by itself.</summary>
public sealed class VmxCpuTests : IDisposable
{
    private const ulong StepMask = 0x1F;

    private readonly VmxFixture _vmx = new();

    public void Dispose() => _vmx.Dispose();

    private sealed class Due : Deadline
    {
        public override void Expire(ulong now) { }
    }

    /// <summary>The timer's value for a guest that is entered at <paramref name="now"/>.</summary>
    private static uint Time(VmxFixture vmx, ulong now, ulong? earliest)
    {
        vmx.Cpu.GuestsAreTimed = true;
        vmx.Cpu.Tsc = now;
        var due = new Due();
        if (earliest is { } when) vmx.Cpu.Arm(due, when);
        // Not what the last one left.
        vmx.Vmcs.Write(VmcsField32.PreemptionTimerValue, 0xBAD);
        new VmxCpu(vmx.Cpu, vmx.Features, vmx.Vmcs).TimeGuest(vmx.State);
        vmx.Cpu.Deadlines.Withdraw(due);
        return vmx.Vmcs.Read(VmcsField32.PreemptionTimerValue);
    }

    [Theory]
    [InlineData(1000UL)]
    [InlineData(999UL)]
    [InlineData(0UL)]
    public void WhatIsDueLeavesTheGuestNoTime(ulong earliest) => Time(_vmx, 1000, earliest).Should().Be(0);

    /// <summary>Else it would exit before anything is due, again and again.</summary>
    [Theory]
    [InlineData(0UL)]
    [InlineData(30UL)]
    [InlineData(31UL)]
    public void ATickIsAStepAtLeast(ulong now) => Time(_vmx, now, now + 1).Should().BeGreaterThanOrEqualTo(1);

    [Fact]
    public void NothingDueIsAsLongAsCanBe() => Time(_vmx, 1000, null).Should().Be(uint.MaxValue);

    [Fact]
    public void GuestsThatAreNotTimedHaveNoTimer()
    {
        _vmx.Cpu.Arm(new Due(), 5000);
        new VmxCpu(_vmx.Cpu, _vmx.Features, _vmx.Vmcs).TimeGuest(_vmx.State);
        _vmx.Vmcs.Written.Should().NotContain((uint)VmcsField32.PreemptionTimerValue);
    }

    /// <summary>The timer counts down whenever the TSC's bit changes, whatever the bits below it are at the entry (Intel SDM vol. 3, 26.5.1).</summary>
    [Fact]
    public void TheTimerEndsWithinAStepOfTheDeadline()
    {
        var time = from bits in Gen.Choose(0, int.MaxValue) from shift in Gen.Choose(0, 31) select (ulong)bits << shift | (uint)bits;
        Prop.ForAll(Gen.Choose(0, (int)StepMask).ToArbitrary(), time.ToArbitrary(), time.ToArbitrary(), (shift, now, ahead) =>
        {
            var cpu = VmxFixture.CreateCpu();
            cpu.Msrs[CapabilityMsr.Miscellaneous] = cpu.Msrs[CapabilityMsr.Miscellaneous] & ~StepMask | (uint)shift;
            using var vmx = new VmxFixture(cpu);
            ulong earliest = now + ahead + 1, step = 1UL << shift;
            uint value = Time(vmx, now, earliest);
            value.Should().BeGreaterThanOrEqualTo(1);
            ulong end = (now >> shift) + value << shift;
            end.Should().BeLessThanOrEqualTo(earliest + step, "it is not a step late");
            if (value < uint.MaxValue) end.Should().BeGreaterThan(earliest - step, "it is not a step early");
        }).QuickCheckThrowOnFailure();
    }
}
