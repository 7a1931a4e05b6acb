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
            ExitLoop<ScriptedBackend>.RunTurn(ref turn);
            return false;
        }
    }

    private sealed class StopAll(IEnumerable<VirtualCpu> vcpus) : VmSupervisor
    {
        public List<(string Name, VmStopReason Reason)> Stops { get; } = [];

        public override bool IsDone => vcpus.All(vcpu => vcpu.Activity == VcpuActivity.Stopped);

        public override void HandleStop(VirtualMachine machine, in VmExit exit)
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
