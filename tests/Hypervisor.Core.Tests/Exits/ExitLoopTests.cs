using System;
using System.Collections.Generic;
using System.Linq;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Core.Tests;

/// <summary>The loop with a scripted backend: what a guest must not be able to do to its neighbours.</summary>
public sealed class ExitLoopTests : IDisposable
{
    private const ulong Frequency = 1_000_000_000;
    private const ulong TicksPerExit = 1_000;

    private readonly FakeCpu _cpu = new();
    private readonly List<TestMemory> _memories = [];

    public void Dispose() => _memories.ForEach(memory => memory.Dispose());

    /// <summary>Makes exits of a script; each takes some time, and no physical interrupt ends a guest.</summary>
    private readonly struct ScriptedBackend(FakeCpu cpu, Func<VirtualCpu, VmExit> script, int most) : IProcessorBackend<ScriptedBackend>
    {
        private readonly Dictionary<string, int> _entries = [];

        public IReadOnlyDictionary<string, int> Entries => _entries;

        public void Enter(VirtualCpu vcpu, ref VmExit exit)
        {
            cpu.Tsc += TicksPerExit;
            _entries[vcpu.Machine.Name] = _entries.GetValueOrDefault(vcpu.Machine.Name) + 1;
            exit = _entries.Values.Sum() >= most ? new VmExit { Kind = VmExitKind.Unknown } : script(vcpu);
        }

        public bool RunGuarded(ref Turn<ScriptedBackend> turn, ref RecoveryPoint recovery)
        {
            try
            {
                ExitLoop<ScriptedBackend>.RunTurn(ref turn);
                return false;
            }
            catch (PlantedException)
            {
                // As the handler of a real fault does.
                cpu.Guard.Catch((cpu.Deadlines.Expiring is { } due ? due.Owner : cpu.Guard.Served)!);
                return true;
            }
        }
    }

    private sealed class PlantedException : Exception;

    private sealed class Faulty : Deadline
    {
        public override void Expire(ulong now) => throw new PlantedException();
    }

    /// <summary>Ends whoever stops, as the real one does: their deadlines go with them.</summary>
    private sealed class EndEach(FakeCpu cpu, params VirtualCpu[] vcpus) : VmSupervisor
    {
        public List<(string Name, VmStopReason Reason)> Stops { get; } = [];

        public override bool IsDone(Cpu _) => vcpus.All(vcpu => vcpu.Activity == VcpuActivity.Stopped);

        public override void HandleStop(Cpu _, VirtualMachine machine, in VmExit exit)
        {
            Stops.Add((machine.Name, machine.StopRequest));
            machine.ClearStopRequest();
            cpu.Deadlines.WithdrawAll(machine);
            machine.Vcpus[0].Activity = VcpuActivity.Stopped;
        }
    }

    private sealed class StopAll(IEnumerable<VirtualCpu> vcpus) : VmSupervisor
    {
        public List<(string Name, VmStopReason Reason)> Stops { get; } = [];

        public override bool IsDone(Cpu _) => vcpus.All(vcpu => vcpu.Activity == VcpuActivity.Stopped);

        public override void HandleStop(Cpu _, VirtualMachine machine, in VmExit exit)
        {
            Stops.Add((machine.Name, machine.StopRequest));
            machine.ClearStopRequest();
            foreach (var vcpu in vcpus)
                if (vcpu.Machine == machine || exit.Kind == VmExitKind.Unknown) vcpu.Activity = VcpuActivity.Stopped;
        }
    }

    private VirtualCpu NewVcpu(string name)
    {
        var memory = new TestMemory(1 << 20);
        _memories.Add(memory);
        var machine = new VirtualMachine(name, _cpu, memory.Guest, null!, new GuestClock(_cpu, Frequency), new GuestCpuid(_cpu, 1, Frequency), 0);
        var vcpu = new VirtualCpu(machine, 0, new FakeVcpuState());
        machine.Attach([vcpu]);
        vcpu.Reset();
        return vcpu;
    }

    private void RunUnder(VmSupervisor supervisor, Func<VirtualCpu, VmExit> script, params VirtualCpu[] vcpus)
    {
        var scheduler = new Scheduler(_cpu, Frequency, vcpus.Length);
        foreach (var vcpu in vcpus) scheduler.TryAdd(vcpu);
        ExitLoop<ScriptedBackend>.Run(_cpu, scheduler, supervisor, new ScriptedBackend(_cpu, script, int.MaxValue));
    }

    private (ScriptedBackend Backend, StopAll Supervisor) Run(Func<VirtualCpu, VmExit> script, int most, params VirtualCpu[] vcpus)
    {
        var scheduler = new Scheduler(_cpu, Frequency, vcpus.Length);
        foreach (var vcpu in vcpus) scheduler.TryAdd(vcpu);
        var backend = new ScriptedBackend(_cpu, script, most);
        var supervisor = new StopAll(vcpus);
        ExitLoop<ScriptedBackend>.Run(_cpu, scheduler, supervisor, backend);
        return (backend, supervisor);
    }

    /// <summary>As QEMU 7.2 loses it: an entry asks for a window, and the interrupt that would have ended the turn never comes.</summary>
    [Fact]
    public void A_turn_ends_at_a_window_though_the_timers_interrupt_was_lost()
    {
        VirtualCpu first = NewVcpu("first"), second = NewVcpu("second");
        var (backend, _) = Run(_ => new VmExit { Kind = VmExitKind.InterruptWindow }, 50_000, first, second);
        backend.Entries["first"].Should().BeInRange(15_000, 35_000);
        backend.Entries["second"].Should().BeInRange(15_000, 35_000);
    }

    /// <summary>The class of CVE-2015-5307 and CVE-2015-8104: each delivery of #AC or #DB raises another, and no instruction boundary is ever reached.</summary>
    [Theory]
    [InlineData(ExceptionVector.AlignmentCheck)]
    [InlineData(ExceptionVector.Debug)]
    public void A_guest_that_faults_on_every_delivery_does_not_keep_the_CPU(ExceptionVector vector)
    {
        VirtualCpu bad = NewVcpu("bad"), good = NewVcpu("good");
        var again = VcpuEvent.Exception(vector);
        var (backend, _) = Run(
            vcpu => vcpu == bad
                ? new VmExit { Kind = VmExitKind.Exception, Event = again, InterruptedEvent = again }
                : new VmExit { Kind = VmExitKind.HostInterrupt },
            100_000, bad, good);
        backend.Entries["good"].Should().BeCloseTo(backend.Entries["bad"], 20_000, "they share the CPU alike");
    }

    /// <summary>The deadline of a halted VM is due in the turn of another, right when the delivery of an interrupt to that one was interrupted: it must still come.</summary>
    [Fact]
    public void A_fault_in_a_deadline_ends_its_owner_and_the_VM_whose_turn_it_is_loses_nothing()
    {
        VirtualCpu bad = NewVcpu("bad"), good = NewVcpu("good");
        bad.Activity = VcpuActivity.Halted;
        bad.Machine.Clock.Arm(new Faulty(), 5 * TicksPerExit);
        var later = new Flag();
        _cpu.Arm(later, 6 * TicksPerExit);
        var interrupt = VcpuEvent.Interrupt(0x44);
        int exits = 0;
        var supervisor = new EndEach(_cpu, bad, good);
        RunUnder(supervisor, vcpu => ++exits switch
        {
            5 => new VmExit { Kind = VmExitKind.HostInterrupt, InterruptedEvent = interrupt },
            10 => new VmExit { Kind = VmExitKind.Shutdown },
            _ => new VmExit { Kind = VmExitKind.HostInterrupt },
        }, bad, good);
        supervisor.Stops.Should().Equal(("bad", VmStopReason.HypervisorFault), ("good", VmStopReason.TripleFault));
        ((FakeVcpuState)good.State).Injected.Should().ContainSingle().Which.Should().Be(interrupt);
        later.Expired.Should().BeTrue("what was due after it is called all the same");
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void A_fault_in_a_turn_ends_that_VM_whatever_else_it_asked_for()
    {
        VirtualCpu bad = NewVcpu("bad"), good = NewVcpu("good");
        int exits = 0;
        var supervisor = new EndEach(_cpu, bad, good);
        RunUnder(supervisor, vcpu =>
        {
            if (vcpu == good) return new VmExit { Kind = ++exits < 10 ? VmExitKind.HostInterrupt : VmExitKind.Shutdown };
            bad.Machine.Reset();
            throw new PlantedException();
        }, bad, good);
        supervisor.Stops.Should().Equal(("bad", VmStopReason.HypervisorFault), ("good", VmStopReason.TripleFault));
    }

    [Fact]
    public void A_loop_of_PAUSE_keeps_the_deadlines_going()
    {
        var spinner = NewVcpu("spinner");
        var due = new Flag();
        _cpu.Arm(due, 10 * TicksPerExit);
        Run(vcpu => new VmExit { Kind = VmExitKind.Pause, InstructionLength = 2 }, 100, spinner);
        due.Expired.Should().BeTrue();
    }

    [Fact]
    public void A_handler_that_lies_at_a_device_ends_its_VM_alone()
    {
        VirtualCpu bad = NewVcpu("bad"), good = NewVcpu("good");
        var (backend, supervisor) = Run(
            vcpu => vcpu == bad
                ? new VmExit
                {
                    Kind = VmExitKind.SecondLevelFault, GuestPhysical = 0xD000_0000, Access = MemoryAccess.Read, InterruptedEvent = VcpuEvent.Interrupt(0x30),
                }
                : new VmExit { Kind = VmExitKind.HostInterrupt },
            1_000, bad, good);
        supervisor.Stops[0].Should().Be(("bad", VmStopReason.UnhandledExit));
        backend.Entries["bad"].Should().Be(1);
        backend.Entries["good"].Should().BeGreaterThan(900);
    }

    private sealed class LongWork(FakeCpu cpu, VirtualMachine machine, int rounds) : VmWork
    {
        public int Left { get; private set; } = rounds;

        protected override void Run()
        {
            cpu.Tsc += TicksPerExit;
            if (--Left > 0) machine.Post(this);
        }
    }

    private sealed class WorkOfEachTurn(VirtualMachine machine, int rounds) : VmWork
    {
        public List<ulong> Turns { get; } = [];

        protected override void Run()
        {
            Turns.Add(machine.Turn);
            if (Turns.Count < rounds) machine.PostForNextTurn(this);
            else machine.Vcpus[0].RaiseNmi();
        }
    }

    [Fact]
    public void What_is_posted_for_the_next_turn_is_done_once_a_turn_and_a_halt_ends_one()
    {
        var vcpu = NewVcpu("vm");
        vcpu.State.Rflags = Rflags.InterruptEnable;
        var work = new WorkOfEachTurn(vcpu.Machine, 3);
        vcpu.Machine.PostForNextTurn(work);
        // The five entries of the first turn, and the one of the third, which its work has woken.
        int entries = 0;
        Run(_ => ++entries == 5 ? new VmExit { Kind = VmExitKind.Halt, InstructionLength = 1 } : new VmExit { Kind = VmExitKind.HostInterrupt }, 6, vcpu);
        work.Turns.Should().Equal(1, 2, 3);
        vcpu.Machine.HasAnyWork.Should().BeFalse();
    }

    [Fact]
    public void One_that_is_alone_and_never_halts_comes_to_its_next_turn_too()
    {
        var vcpu = NewVcpu("vm");
        var work = new WorkOfEachTurn(vcpu.Machine, 3);
        vcpu.Machine.PostForNextTurn(work);
        // Three slices of 10 ms, of 1 us each entry.
        Run(_ => new VmExit { Kind = VmExitKind.HostInterrupt }, 30_000, vcpu);
        work.Turns.Should().Equal(1, 2, 3);
    }

    /// <summary>CLI, HLT, with a disk's queue full: the VM is never entered, so no exit takes the timer's interrupt that another VM, halted too, waits for.</summary>
    [Fact]
    public void The_work_of_a_halted_VM_does_not_keep_the_deadlines_of_others_waiting()
    {
        VirtualCpu busy = NewVcpu("busy"), other = NewVcpu("other");
        busy.Activity = other.Activity = VcpuActivity.Halted;
        busy.State.Rflags = 0;
        var work = new LongWork(_cpu, busy.Machine, 1000);
        busy.Machine.Post(work);
        int left = 0;
        other.Machine.Clock.Arm(new Call(() =>
        {
            left = work.Left;
            other.RaiseNmi();
        }), 10 * TicksPerExit);
        Run(_ => new VmExit { Kind = VmExitKind.Shutdown }, 1, busy, other);
        left.Should().BeInRange(985, 995);
    }

    /// <summary>A turn that faulted leaves the event whose delivery its exit interrupted: a later fault in the turn of another, before that one was entered, is none of its business.</summary>
    [Fact]
    public void An_event_that_a_faulted_VM_left_is_delivered_to_nobody()
    {
        VirtualCpu bad = NewVcpu("bad"), good = NewVcpu("good"), third = NewVcpu("third");
        good.Activity = third.Activity = VcpuActivity.Halted;
        good.State.Rflags = 0;
        good.Machine.Post(new LongWork(_cpu, good.Machine, 1));
        bad.Machine.Clock.Arm(new Faulty(), TicksPerExit / 2);
        third.Machine.Clock.Arm(new Faulty(), TicksPerExit + TicksPerExit / 2);
        good.Machine.Clock.Arm(new Call(good.RaiseNmi), 5 * TicksPerExit);
        var interrupt = VcpuEvent.Interrupt(0x44);
        var supervisor = new EndEach(_cpu, bad, good, third);
        RunUnder(
            supervisor,
            vcpu => vcpu == bad ? new VmExit { Kind = VmExitKind.HostInterrupt, InterruptedEvent = interrupt } : new VmExit { Kind = VmExitKind.Shutdown },
            bad, good, third);
        supervisor.Stops.Should().Equal(
            ("bad", VmStopReason.HypervisorFault), ("third", VmStopReason.HypervisorFault), ("good", VmStopReason.TripleFault));
        ((FakeVcpuState)good.State).Injected.Should().NotContain(interrupt);
    }

    [Fact]
    public void A_job_is_not_at_the_cost_of_the_VM_that_ran_before_it()
    {
        var bystander = NewVcpu("bystander");
        var supervisor = new Jobs(_cpu, 10, bystander);
        ulong exits = 0;
        // A turn ends after a slice while there is a job.
        RunUnder(supervisor, _ => new VmExit { Kind = ++exits < 200_000 ? VmExitKind.InterruptWindow : VmExitKind.Shutdown }, bystander);
        supervisor.Left.Should().Be(0);
        bystander.Share.UsedTicks.Should().Be(exits * TicksPerExit);
    }

    /// <summary>Jobs that take a slice each.</summary>
    private sealed class Jobs(FakeCpu cpu, int count, VirtualCpu vcpu) : VmSupervisor
    {
        public int Left { get; private set; } = count;

        public override bool IsDone(Cpu _) => vcpu.Activity == VcpuActivity.Stopped;

        public override bool HasJob(Cpu _) => Left > 0;

        public override void Work()
        {
            Left--;
            cpu.Tsc += Frequency / 100;
        }

        public override void HandleStop(Cpu _, VirtualMachine machine, in VmExit exit)
        {
            machine.ClearStopRequest();
            vcpu.Activity = VcpuActivity.Stopped;
        }
    }

    private sealed class Call(Action action) : Deadline
    {
        public override void Expire(ulong now) => action();
    }

    [Fact]
    public void A_VMs_clock_and_TSC_are_0_when_its_first_turn_begins()
    {
        var vcpu = NewVcpu("late");
        _cpu.Tsc = 123_456_789;
        ulong first = ulong.MaxValue;
        Run(
            entered =>
            {
                if (first == ulong.MaxValue) first = _cpu.Tsc + entered.State.TscOffset;
                return new VmExit { Kind = VmExitKind.HostInterrupt };
            },
            10, vcpu);
        first.Should().Be(TicksPerExit);
    }

    [Fact]
    public void A_machine_check_is_the_hosts()
    {
        Run(_ => new VmExit { Kind = VmExitKind.HostMachineCheck }, 3, NewVcpu("any"));
        _cpu.MachineChecks.Should().Be(2);
    }

    private sealed class Flag : Deadline
    {
        public bool Expired { get; private set; }

        public override void Expire(ulong now) => Expired = true;
    }
}
