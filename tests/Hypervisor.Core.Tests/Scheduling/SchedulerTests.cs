using System.Collections.Generic;
using System.Linq;
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
    public void A_vCPU_alone_is_not_interrupted_by_the_end_of_a_turn()
    {
        var scheduler = new Scheduler(_cpu, Frequency, 1);
        scheduler.TryAdd(NewVcpu("alone", 1));
        scheduler.Next();
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void One_that_wakes_beside_a_spinning_one_has_its_turn_within_a_slice()
    {
        var scheduler = new Scheduler(_cpu, Frequency, 2);
        VirtualCpu spinner = NewVcpu("spinner", 1), sleeper = NewVcpu("sleeper", 2);
        scheduler.TryAdd(spinner);
        scheduler.TryAdd(sleeper);
        sleeper.Activity = VcpuActivity.Halted;
        sleeper.DeliverEvents();
        sleeper.Activity = VcpuActivity.Halted;
        _cpu.Arm(new Waker(sleeper), Slice / 2);
        scheduler.Next().Should().BeSameAs(spinner);
        _cpu.Run(Slice);
        scheduler.IsRescheduleDue.Should().BeTrue();
        scheduler.Next().Should().BeSameAs(sleeper);
    }

    [Fact]
    public void Waiting_for_a_turn_is_stolen_time_and_being_halted_is_not()
    {
        var scheduler = new Scheduler(_cpu, Frequency, 2);
        VirtualCpu a = NewVcpu("a", 1), b = NewVcpu("b", 2);
        scheduler.TryAdd(a);
        scheduler.TryAdd(b);
        _cpu.Tsc = 1000;
        var first = scheduler.Next()!;
        _cpu.Run(Slice);
        var second = scheduler.Next()!;
        second.Should().NotBeSameAs(first);
        _cpu.Run(Slice);
        second.Activity = VcpuActivity.Halted;
        scheduler.Next().Should().BeSameAs(first);
        first.StolenTicks.Should().Be(Slice);
        _cpu.Run(Slice);
        ulong before = second.StolenTicks;
        second.RaiseNmi();
        scheduler.Next().Should().BeSameAs(second);
        second.StolenTicks.Should().Be(before);
    }

    private sealed class Waker(VirtualCpu vcpu) : Deadline
    {
        public override void Expire(ulong now) => vcpu.RaiseNmi();
    }

    [Fact]
    public void An_idle_CPU_waits_for_the_deadline_that_wakes_a_vCPU()
    {
        var scheduler = new Scheduler(_cpu, Frequency, 1);
        var vcpu = NewVcpu("sleeper", 1);
        scheduler.TryAdd(vcpu);
        vcpu.Activity = VcpuActivity.Halted;
        _cpu.Arm(new Waker(vcpu), 5_000_000);
        scheduler.Next().Should().BeSameAs(vcpu);
        _cpu.Tsc.Should().Be(5_000_000);
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
}
