using System.Collections.Generic;
using Lamina.Testing;

namespace Lamina.Core.Tests;

/// <summary>What a scheduler says of how busy its CPU is.</summary>
public sealed class CrowdingTests
{
    private const ulong Frequency = 1_000_000_000, Slice = Frequency / 100, Period = Frequency / 10;

    private readonly FakeCpu _cpu = new();
    private readonly Watcher _watcher = new();
    private readonly Scheduler _scheduler;

    public CrowdingTests()
    {
        _cpu.Tsc = 5 * Frequency;
        _scheduler = new Scheduler(_cpu, Frequency, 4) { Watch = _watcher };
    }

    private static unsafe GuestMemory NoMemory() => new(null, []);

    private VirtualCpu Add(int cap = 0, Scheduler? scheduler = null)
    {
        var machine = new VirtualMachine("vm", _cpu, NoMemory(), null!, new GuestClock(_cpu, Frequency), new GuestCpuid(_cpu, 1, Frequency), 0);
        var vcpu = new VirtualCpu(machine, 0, new FakeVcpuState());
        machine.Attach([vcpu]);
        vcpu.Reset();
        vcpu.Share.CapPercent = cap;
        (scheduler ?? _scheduler).TryAdd(vcpu);
        return vcpu;
    }

    private void Run(ulong ticks)
    {
        for (ulong end = _cpu.Tsc + ticks; _cpu.Tsc < end; _cpu.Run(Slice)) _scheduler.Next();
    }

    [Fact]
    public void A_CPU_on_which_nothing_runs_for_a_slice_is_idle()
    {
        _scheduler.IsIdleAt(_cpu.Tsc).Should().BeFalse("it has not begun");
        _scheduler.Next().Should().BeNull();
        _scheduler.IsIdleAt(_cpu.Tsc).Should().BeFalse();
        _cpu.Run(Slice / 2);
        _scheduler.Next().Should().BeNull("it was woken for nothing");
        _cpu.Run(Slice / 2);
        _scheduler.IsIdleAt(_cpu.Tsc).Should().BeTrue();
        _scheduler.IsIdleAt(_cpu.Tsc - Slice - 1).Should().BeFalse("another CPU's clock may be a little behind");
        var vcpu = Add();
        _scheduler.Next().Should().BeSameAs(vcpu);
        _scheduler.IsIdleAt(_cpu.Tsc).Should().BeFalse();
        vcpu.Activity = VcpuActivity.Halted;
        _scheduler.Next().Should().BeNull();
        _scheduler.IsIdleAt(_cpu.Tsc).Should().BeFalse();
        _scheduler.IsIdleAt(_cpu.Tsc + Slice).Should().BeTrue();
    }

    [Fact]
    public void One_that_is_alone_is_no_crowd()
    {
        Add();
        Run(Frequency);
        _scheduler.IsCrowded.Should().BeFalse();
        _watcher.Times.Should().BeEmpty();
    }

    [Fact]
    public void Two_that_are_always_busy_are_told_of_once_in_a_tenth_of_a_second()
    {
        var first = Add();
        var second = Add();
        Run(Frequency);
        _scheduler.IsCrowded.Should().BeTrue();
        _watcher.Times.Should().HaveCountGreaterThanOrEqualTo(9).And.HaveCountLessThanOrEqualTo(10);
        _scheduler.Next();
        foreach (var vcpu in (VirtualCpu[])[first, second]) vcpu.Share.WantsSince.Should().NotBe(0, "one runs and one waits, and either would be helped if one of them went");
    }

    [Fact]
    public void Who_waits_but_now_and_then_is_not_told_of()
    {
        Add();
        var wakes = Add();
        wakes.Activity = VcpuActivity.Halted;
        for (int i = 0; i < 100; i++)
        {
            _scheduler.Next();
            _cpu.Run(Slice - Slice / 20);
            wakes.Activity = VcpuActivity.Running;
            wakes.Kick();
            _scheduler.Next().Should().BeSameAs(wakes);
            _cpu.Run(Slice / 20);
            wakes.Activity = VcpuActivity.Halted;
        }
        _watcher.Times.Should().BeEmpty("the other waits for a twentieth of the time");
    }

    [Fact]
    public void Who_waits_for_his_caps_next_period_does_not_wait_for_others()
    {
        Add();
        var capped = Add(cap: 5);
        int waits = 0;
        for (int i = 0; i < 100; i++)
        {
            var runs = _scheduler.Next();
            if (runs != capped && capped.Share.WantsSince != 0) waits++;
            _cpu.Run(Slice);
        }
        waits.Should().BeLessThan(15, "in each of ten periods it has no more to wait for once it has run");
    }

    /// <summary>On the other CPU virtual time has hardly begun: it neither waits until that has come to where it was, nor has the CPU to itself.</summary>
    [Theory]
    [InlineData(1000), InlineData(1)]
    public void One_that_comes_from_another_CPU_has_its_share_at_once(int weight)
    {
        var moves = Add();
        var stays = Add();
        moves.Share.Weight = stays.Share.Weight = weight;
        Run(20 * Frequency);
        _scheduler.Remove(moves);
        moves.Share.WaitingSince.Should().Be(0);

        var other = new Scheduler(_cpu, Frequency, 4);
        var old = Add(scheduler: other);
        old.Share.Weight = weight;
        other.Next();
        other.TryAdd(moves);
        ulong before = moves.Share.UsedTicks;
        for (int i = 0; i < 20; i++)
        {
            other.Next();
            _cpu.Run(Slice);
        }
        other.EndTurn();
        (moves.Share.UsedTicks - before).Should().BeInRange(9 * Slice, 11 * Slice);
    }

    private sealed class Watcher : CrowdWatch
    {
        public List<ulong> Times { get; } = [];

        public override void NoteCrowd(Scheduler scheduler, ulong now)
        {
            scheduler.IsCrowded.Should().BeTrue();
            Times.Add(now);
        }
    }
}
