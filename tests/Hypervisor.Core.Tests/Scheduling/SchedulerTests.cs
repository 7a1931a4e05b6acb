using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Core.Tests;

public class SchedulerTests
{
    private const ulong Frequency = 1_000_000_000;
    private const ulong Slice = Frequency / 100;

    private readonly FakeCpu _cpu = new();

    private static unsafe GuestMemory NoMemory() => new(null, []);

    private VirtualCpu NewVcpu(string name, ulong root)
    {
        var machine = new VirtualMachine(name, _cpu, NoMemory(), null!, new GuestClock(_cpu, Frequency), new GuestCpuid(_cpu, 1, Frequency), root);
        var vcpu = new VirtualCpu(machine, 0, new FakeVcpuState());
        machine.Attach([vcpu]);
        vcpu.Reset();
        return vcpu;
    }

    private (VirtualCpu First, VirtualCpu Second) NewPair(string name, ulong root)
    {
        var machine = new VirtualMachine(name, _cpu, NoMemory(), null!, new GuestClock(_cpu, Frequency), new GuestCpuid(_cpu, 2, Frequency), root);
        VirtualCpu first = new(machine, 0, new FakeVcpuState()), second = new(machine, 1, new FakeVcpuState());
        machine.Attach([first, second]);
        first.Reset();
        second.Reset();
        second.Activity = VcpuActivity.Running;
        return (first, second);
    }

    [Fact]
    public void Runnable_vCPUs_take_turns_and_their_VMs_tables_are_loaded()
    {
        var scheduler = new Scheduler(_cpu, Frequency, 3);
        var vcpus = new[] { NewVcpu("a", 1), NewVcpu("b", 2), NewVcpu("c", 3) };
        foreach (var vcpu in vcpus) scheduler.TryAdd(vcpu).Should().BeTrue();
        scheduler.TryAdd(vcpus[0]).Should().BeFalse("it is full");

        var order = new List<string>();
        for (int turn = 0; turn < 9; turn++)
        {
            var vcpu = scheduler.Next()!;
            order.Add(vcpu.Machine.Name);
            _cpu.Root.Should().Be(vcpu.Machine.HostRoot);
            scheduler.IsRescheduleDue.Should().BeFalse();
            _cpu.Run(Slice);
            scheduler.IsRescheduleDue.Should().BeTrue("its 10 ms are over and others wait");
        }
        order[0].Should().Be("a");
        order.GroupBy(name => name).Should().OnlyContain(group => group.Count() == 3);
        order.Zip(order.Skip(1)).Should().OnlyContain(pair => pair.First != pair.Second);
    }

    [Fact]
    public void One_that_spins_gives_way_to_another_of_its_VM_before_all_others()
    {
        var (spinner, holder) = NewPair("both", 1);
        VirtualCpu neighbour = NewVcpu("neighbour", 2);
        // The neighbour is the farthest behind.
        holder.Share.Weight = 10;
        var scheduler = Make(spinner, holder, neighbour);
        while (scheduler.Next() != spinner) _cpu.Run(Slice);
        _cpu.Run(10);
        scheduler.IsRescheduleDue.Should().BeFalse("its turn has only begun");
        scheduler.Yield();
        scheduler.IsRescheduleDue.Should().BeTrue();
        scheduler.Next().Should().BeSameAs(holder);
        _cpu.Run(10);
        scheduler.Next().Should().NotBeSameAs(holder, "it has had more than the others, and that they gave way counts once");
    }

    [Fact]
    public void One_that_spins_gives_way_to_a_neighbour_where_its_VM_has_no_other_that_can_run()
    {
        var (spinner, sleeper) = NewPair("both", 1);
        VirtualCpu neighbour = NewVcpu("neighbour", 2);
        neighbour.Share.Weight = 10;
        var scheduler = Make(spinner, sleeper, neighbour);
        Halt(sleeper);
        while (scheduler.Next() != spinner) _cpu.Run(Slice);
        scheduler.Yield();
        scheduler.Next().Should().BeSameAs(neighbour);
    }

    /// <summary>A guest must not get more than its share by it.</summary>
    [Fact]
    public void Two_that_spin_for_each_other_keep_the_CPU_from_nobody()
    {
        var (first, second) = NewPair("both", 1);
        VirtualCpu neighbour = NewVcpu("neighbour", 2);
        var scheduler = Make(first, second, neighbour);
        ulong end = _cpu.Tsc + Frequency;
        while (_cpu.Tsc < end)
        {
            var vcpu = scheduler.Next()!;
            _cpu.Run(Slice / 100);
            if (vcpu != neighbour) scheduler.Yield();
        }
        scheduler.EndTurn();
        neighbour.Share.UsedTicks.Should().BeGreaterThan(Frequency * 3 / 10, "a third is its own");
    }

    [Fact]
    public void One_that_spins_alone_goes_on()
    {
        VirtualCpu spinner = NewVcpu("spinner", 1);
        var scheduler = Make(spinner);
        scheduler.Next();
        scheduler.Yield();
        scheduler.IsRescheduleDue.Should().BeFalse();
        scheduler.Next().Should().BeSameAs(spinner);
    }

    [Fact]
    public void A_vCPU_alone_is_not_interrupted_by_the_end_of_a_turn()
    {
        var scheduler = Make(NewVcpu("alone", 1));
        scheduler.Next();
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void One_that_wakes_beside_a_spinning_one_runs_at_once()
    {
        VirtualCpu spinner = NewVcpu("spinner", 1), sleeper = NewVcpu("sleeper", 2);
        var scheduler = Make(spinner, sleeper);
        Halt(sleeper);
        scheduler.Next().Should().BeSameAs(spinner);
        _cpu.Run(Slice * 5);
        scheduler.IsRescheduleDue.Should().BeFalse("nobody else wants to run");
        sleeper.RaiseNmi();
        scheduler.IsRescheduleDue.Should().BeTrue();
        scheduler.Next().Should().BeSameAs(sleeper);
    }

    [Fact]
    public void One_that_has_had_more_than_its_share_waits_though_it_wakes()
    {
        VirtualCpu spinner = NewVcpu("spinner", 1), greedy = NewVcpu("greedy", 2);
        greedy.Share.Weight = 10;
        var scheduler = Make(spinner, greedy);
        Run(scheduler, Frequency);
        // Its last slice was ten times what is its due.
        while (scheduler.Next() != greedy) _cpu.Run(Slice);
        _cpu.Run(Slice / 2);
        Halt(greedy);
        scheduler.Next().Should().BeSameAs(spinner);
        greedy.RaiseNmi();
        scheduler.Next().Should().BeSameAs(spinner);
    }

    [Fact]
    public void What_it_did_not_use_while_it_slept_does_not_keep_the_others_waiting_for_as_long()
    {
        VirtualCpu spinner = NewVcpu("spinner", 1), sleeper = NewVcpu("sleeper", 2);
        var scheduler = Make(spinner, sleeper);
        Halt(sleeper);
        Run(scheduler, 10 * Frequency);
        sleeper.RaiseNmi();
        sleeper.DeliverEvents();
        ulong before = spinner.Share.UsedTicks;
        Run(scheduler, Frequency);
        (spinner.Share.UsedTicks - before).Should().BeInRange(Frequency / 2 - 2 * Slice, Frequency / 2);
    }

    /// <summary>Whatever the weights are and however long the turns come to be, each has its part of ten seconds to within 1 %.</summary>
    [Fact]
    public void Busy_vCPUs_share_the_CPU_by_their_weights() => 
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll<PositiveInt, NonEmptyArray<PositiveInt>>(Arbitrary<PositiveInt>(), Arbitrary<NonEmptyArray<PositiveInt>>(), ShareByWeight));

    private void ShareByWeight(PositiveInt seed, NonEmptyArray<PositiveInt> weights)
    {
        var random = new Random(seed.Get);
        var vcpus = weights.Get.Take(8).Select((weight, i) => NewVcpu($"v{i}", (ulong)i + 1)).ToArray();
        for (int i = 0; i < vcpus.Length; i++) vcpus[i].Share.Weight = Math.Min(10_000, 50 + weights.Get[i].Get % 500);
        var scheduler = Make(vcpus);
        Run(scheduler, 10 * Frequency, () => (ulong)random.NextInt64(1, (long)Slice));
        double all = vcpus.Sum(vcpu => vcpu.Share.Weight);
        foreach (var vcpu in vcpus)
            (vcpu.Share.UsedTicks / (10.0 * Frequency)).Should().BeApproximately(vcpu.Share.Weight / all, 0.01);
    }

    [Fact]
    public void No_vCPU_has_more_than_its_cap_even_of_an_idle_CPU() => 
        Check.One(Config.QuickThrowOnFailure, Prop.ForAll<PositiveInt, bool>(Arbitrary<PositiveInt>(), Arbitrary<bool>(), StayWithinCap));

    private void StayWithinCap(PositiveInt cap, bool hasNeighbour)
    {
        int percent = cap.Get % 100 + 1;
        VirtualCpu capped = NewVcpu("capped", 1), neighbour = NewVcpu("neighbour", 2);
        capped.Share.CapPercent = percent;
        var scheduler = hasNeighbour ? Make(capped, neighbour) : Make(capped);
        Run(scheduler, 10 * Frequency);
        double most = hasNeighbour ? Math.Min(percent / 100.0, 0.5) : percent / 100.0;
        (capped.Share.UsedTicks / (10.0 * Frequency)).Should().BeInRange(most - 0.01, most + 0.011, "a new period begins with all of its quota");
    }

    [Fact]
    public void What_a_turn_overdraws_of_a_cap_is_paid_back()
    {
        var capped = NewVcpu("capped", 1);
        capped.Share.CapPercent = 10;
        var scheduler = Make(capped);
        scheduler.Next().Should().BeSameAs(capped);
        // A turn that nothing could end: five periods' quota.
        _cpu.Tsc += Frequency / 20;
        ulong start = _cpu.Tsc;
        while (scheduler.Next() is null) _cpu.Idle();
        (_cpu.Tsc - start).Should().BeInRange(Frequency / 10 * 4, Frequency / 10 * 6);
    }

    [Fact]
    public void One_that_is_alone_has_turns_that_end_when_something_else_waits()
    {
        var alone = NewVcpu("alone", 1);
        var scheduler = Make(alone);
        scheduler.Next(othersWait: true).Should().BeSameAs(alone);
        _cpu.Run(Slice);
        scheduler.IsRescheduleDue.Should().BeTrue();
    }

    [Fact]
    public void One_that_was_removed_is_never_run_and_makes_room()
    {
        VirtualCpu a = NewVcpu("a", 1), b = NewVcpu("b", 2);
        var scheduler = Make(a, b);
        scheduler.Next();
        scheduler.Next();
        scheduler.Remove(a);
        for (int turn = 0; turn < 4; turn++)
        {
            scheduler.Next().Should().BeSameAs(b);
            _cpu.Run(Slice);
        }
        a.Kick();
        scheduler.Next().Should().BeSameAs(b);
        scheduler.TryAdd(a).Should().BeTrue();
    }

    [Fact]
    public void Waiting_for_a_turn_is_stolen_time_and_being_halted_is_not()
    {
        _cpu.Tsc = 1000;
        VirtualCpu a = NewVcpu("a", 1), b = NewVcpu("b", 2);
        var scheduler = Make(a, b);
        var first = scheduler.Next()!;
        _cpu.Run(Slice);
        var second = scheduler.Next()!;
        second.Should().NotBeSameAs(first);
        _cpu.Run(Slice);
        Halt(second);
        scheduler.Next().Should().BeSameAs(first);
        first.Share.StolenTicks.Should().Be(Slice);
        _cpu.Run(Slice);
        ulong before = second.Share.StolenTicks;
        second.RaiseNmi();
        scheduler.Next().Should().BeSameAs(second);
        second.Share.StolenTicks.Should().Be(before);
    }

    /// <summary>One that is alone may never give the CPU back, and one that waits may wait long: both are seen while they last.</summary>
    [Fact]
    public void The_turn_and_the_wait_that_go_on_are_in_the_account()
    {
        _cpu.Tsc = 1000;
        VirtualCpu a = NewVcpu("a", 1), b = NewVcpu("b", 2);
        var scheduler = Make(a, b);
        var running = scheduler.Next()!;
        var waiting = running == a ? b : a;
        _cpu.Tsc += 5 * Slice;
        running.Share.UsedTicks.Should().Be(0);
        running.Machine.UsedTicksAt(_cpu.Tsc).Should().Be(5 * Slice);
        running.Machine.StolenTicksAt(_cpu.Tsc).Should().Be(0);
        waiting.Machine.UsedTicksAt(_cpu.Tsc).Should().Be(0);
        waiting.Machine.StolenTicksAt(_cpu.Tsc).Should().Be(5 * Slice);
        running.Machine.UsedTicksAt(500).Should().Be(0, "by the TSC of a CPU that is behind, the turn has not begun");

        scheduler.EndTurn();
        running.Machine.UsedTicksAt(_cpu.Tsc + 7).Should().Be(5 * Slice);
        running.Machine.StolenTicksAt(_cpu.Tsc + 7).Should().Be(7);
    }

    /// <summary>The one that waits longest is the first to be taken elsewhere.</summary>
    [Fact]
    public void The_wait_in_which_one_leaves_is_in_the_account()
    {
        _cpu.Tsc = 1000;
        VirtualCpu a = NewVcpu("a", 1), b = NewVcpu("b", 2);
        var scheduler = Make(a, b);
        var waiting = scheduler.Next() == a ? b : a;
        _cpu.Tsc += 3 * Slice;
        scheduler.Remove(waiting);
        waiting.Share.StolenTicks.Should().Be(3 * Slice);
        _cpu.Tsc += Slice;
        waiting.Machine.StolenTicksAt(_cpu.Tsc).Should().Be(3 * Slice, "it waits nowhere");
    }

    [Fact]
    public void The_turn_in_which_one_leaves_is_at_its_cost()
    {
        var vcpu = NewVcpu("resets itself", 1);
        var scheduler = Make(vcpu);
        scheduler.Next().Should().BeSameAs(vcpu);
        _cpu.Run(Slice / 2);
        vcpu.Activity = VcpuActivity.Stopped;
        scheduler.Remove(vcpu);
        vcpu.Share.UsedTicks.Should().Be(Slice / 2);
        _cpu.Run(Slice);
        vcpu.Machine.UsedTicksAt(_cpu.Tsc).Should().Be(Slice / 2);
        vcpu.Machine.StolenTicksAt(_cpu.Tsc).Should().Be(0);
    }

    private sealed class Waker(VirtualCpu vcpu) : Deadline
    {
        public override void Expire(ulong now) => vcpu.RaiseNmi();
    }

    [Fact]
    public void When_none_can_run_there_is_nothing_until_the_deadline_that_wakes_one()
    {
        var vcpu = NewVcpu("sleeper", 1);
        var scheduler = Make(vcpu);
        Halt(vcpu);
        _cpu.Arm(new Waker(vcpu), 5_000_000);
        scheduler.Next().Should().BeNull();
        _cpu.Idle();
        scheduler.Next().Should().BeSameAs(vcpu);
        _cpu.Tsc.Should().Be(5_000_000);
    }

    [Fact]
    public void Work_is_done_for_a_VM_that_sleeps_and_does_not_end_its_sleep()
    {
        var vcpu = NewVcpu("sleeper", 1);
        var scheduler = Make(vcpu);
        Halt(vcpu);
        scheduler.Next().Should().BeNull();
        var work = new CountedWork();
        vcpu.Machine.Post(work);
        vcpu.Machine.Post(work);
        scheduler.Next().Should().BeSameAs(vcpu);
        vcpu.Prepare().Should().BeFalse();
        work.Runs.Should().Be(1, "it was posted once when it was posted again");
        vcpu.Activity.Should().Be(VcpuActivity.Halted);
        scheduler.Next().Should().BeNull();
    }

    [Fact]
    public void Work_that_wakes_its_vCPU_lets_it_run_and_what_is_left_of_it_waits()
    {
        var vcpu = NewVcpu("sleeper", 1);
        var scheduler = Make(vcpu);
        Halt(vcpu);
        scheduler.Next().Should().BeNull();
        var work = new CountedWork { Vcpu = vcpu, Again = true };
        vcpu.Machine.Post(work);
        scheduler.Next().Should().BeSameAs(vcpu);
        vcpu.Prepare().Should().BeTrue();
        vcpu.Activity.Should().Be(VcpuActivity.Running);
        work.Runs.Should().Be(1, "what posts itself again waits for the entry after this one");
        vcpu.NeedsAttention.Should().BeTrue();
        work.Again = false;
        vcpu.Prepare().Should().BeTrue();
        work.Runs.Should().Be(2);
        vcpu.NeedsAttention.Should().BeFalse();
    }

    [Fact]
    public void When_all_have_stopped_there_is_nothing_to_run()
    {
        var scheduler = new Scheduler(_cpu, Frequency, 2);
        scheduler.Next().Should().BeNull();
        var vcpu = NewVcpu("gone", 1);
        scheduler.TryAdd(vcpu);
        vcpu.Activity = VcpuActivity.Stopped;
        scheduler.Next().Should().BeNull();
    }

    private Scheduler Make(params VirtualCpu[] vcpus)
    {
        var scheduler = new Scheduler(_cpu, Frequency, vcpus.Length);
        foreach (var vcpu in vcpus) scheduler.TryAdd(vcpu).Should().BeTrue();
        return scheduler;
    }

    private static Arbitrary<T> Arbitrary<T>() => ArbMap.Default.ArbFor<T>();

    private static void Halt(VirtualCpu vcpu)
    {
        vcpu.DeliverEvents();
        vcpu.Activity = VcpuActivity.Halted;
    }

    /// <summary>Lets those that want to run do so for a while; each gives the CPU back when it should, or before (<paramref name="turn"/>).</summary>
    private void Run(Scheduler scheduler, ulong ticks, Func<ulong>? turn = null)
    {
        ulong end = _cpu.Tsc + ticks;
        while (_cpu.Tsc < end)
        {
            if (scheduler.Next() is null)
            {
                _cpu.Idle();
                continue;
            }
            ulong most = turn?.Invoke() ?? Slice;
            ulong step = Math.Min(most, _cpu.Deadlines.Earliest == ulong.MaxValue ? most : Math.Max(1, _cpu.Deadlines.Earliest - _cpu.Tsc));
            _cpu.Run(Math.Min(step, end - _cpu.Tsc));
        }
        scheduler.Next();
    }

    private sealed class CountedWork : VmWork
    {
        public int Runs { get; private set; }
        public VirtualCpu? Vcpu { get; init; }
        public bool Again { get; set; }

        protected override void Run()
        {
            Runs++;
            Vcpu?.RaiseNmi();
            if (Again) Vcpu!.Machine.Post(this);
        }
    }
}
