using Lamina.Testing;

namespace Lamina.Core.Tests;

public class CpuTests
{
    private sealed class Recorder : Deadline
    {
        public ulong ExpiredAt { get; private set; }

        public override void Expire(ulong now) => ExpiredAt = now;
    }

    [Fact]
    public void TheTimerIsSetToTheEarliestDeadline()
    {
        var cpu = new FakeCpu();
        cpu.Arm(new Recorder(), 500);
        cpu.Arm(new Recorder(), 300);
        cpu.Arm(new Recorder(), 400);
        cpu.Timer.Armed.Should().Be(300);
        cpu.Timer.ArmCount.Should().Be(2);
    }

    /// <summary>As QEMU 7.2 loses it: the timer has fired, and the CPU never hears of it.</summary>
    [Fact]
    public void AHaltEndsThoughTheTimersInterruptWasLost()
    {
        var cpu = new FakeCpu();
        var recorder = new Recorder();
        cpu.Arm(recorder, 300);
        cpu.Tsc = 400;
        cpu.Timer.LoseInterrupt();
        cpu.Idle();
        recorder.ExpiredAt.Should().Be(400);
    }

    [Fact]
    public void WhereGuestsAreTimedTheTimerIsForHaltsAlone()
    {
        var cpu = new FakeCpu { GuestsAreTimed = true };
        var recorder = new Recorder();
        cpu.Arm(recorder, 300);
        cpu.ServeInterrupts();
        cpu.Timer.ArmCount.Should().Be(0);
        cpu.Idle();
        cpu.Timer.Armed.Should().Be(300);
        recorder.ExpiredAt.Should().Be(300);
        cpu.Idle();
        cpu.Timer.ArmCount.Should().Be(1, "there is nothing to wake up for");
    }

    [Fact]
    public void WhatAnotherCpuSentIsDoneWhenInterruptsAreServedAndWhenAHaltEnds()
    {
        var cpu = new FakeCpu();
        var work = new Counter();
        cpu.Send(work);
        cpu.Send(work);
        cpu.InterruptsSent.Should().Be(1);
        cpu.ServeInterrupts();
        work.Runs.Should().Be(1);
        cpu.Send(work);
        cpu.Idle();
        work.Runs.Should().Be(2);
        cpu.InterruptsSent.Should().Be(2);
    }

    /// <summary>As QEMU 7.2 loses it: another CPU has interrupted this one, which never hears of it.</summary>
    [Fact]
    public void ACpuDoesNotHaltUponMailThoughItsInterruptWasLost()
    {
        var cpu = new FakeCpu();
        var work = new Counter();
        cpu.Arm(new Recorder(), 300);
        cpu.Send(work);
        cpu.Idle();
        work.Runs.Should().Be(1);
        cpu.Tsc.Should().Be(0, "it did not halt until its deadline");
    }

    private sealed class Counter : CpuWork
    {
        public int Runs { get; private set; }

        public override void Run(Cpu cpu) => Runs++;
    }
}
