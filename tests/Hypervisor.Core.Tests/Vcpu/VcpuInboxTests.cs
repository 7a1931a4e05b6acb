using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Lamina.Core.Tests.Devices;
using Lamina.Testing;

namespace Lamina.Core.Tests.Vcpu;

public sealed class VcpuInboxTests : IDisposable
{
    private const uint SoftwareEnabled = 0x1FF;
    private const int NoSleep = -1;
    /// <summary>So long nothing comes: it is lost.</summary>
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(2);

    private readonly FakeCpu _devices = new(0), _home = new(1);
    private readonly TestMachine _test;
    private readonly VirtualCpu _vcpu;
    private readonly Ends _ends = new();

    public VcpuInboxTests()
    {
        _test = new TestMachine(vcpus: 2, homes: [_devices, _home]);
        foreach (var vcpu in _test.Machine.Vcpus) vcpu.Reset();
        _vcpu = _test.Machine.Vcpus[1];
        _vcpu.Activity = VcpuActivity.Running;
        _test.Machine.Interrupts.EndOfInterruptListener = _ends;
        Enable(_vcpu, SoftwareEnabled);
        _test.ComeHome();
    }

    public void Dispose() => _test.Dispose();

    private static void Enable(VirtualCpu vcpu, uint value) => vcpu.Apic.WriteMemory((ulong)LocalApicRegister.SpuriousVector << 4, 4, value);

    private static InterruptMessage Fixed(byte vector, bool level = false) => new(vector, DeliveryMode.Fixed, 1, false, level);

    private static InterruptMessage Signal(DeliveryMode mode, byte page = 0) => new(page, mode, 1, false, false);

    private void Post(params InterruptMessage[] messages)
    {
        foreach (var message in messages) _vcpu.Inbox.Post(message);
    }

    // The vectors that wait, the highest first, each taken and ended.
    private List<byte> TakeAll()
    {
        var taken = new List<byte>();
        while (_vcpu.Apic.PendingVector is >= 0 and int vector)
        {
            _vcpu.Apic.Acknowledge();
            _vcpu.Apic.EndOfInterrupt();
            taken.Add((byte)vector);
        }
        return taken;
    }

    private void ServeDevices()
    {
        _devices.ServeInterrupts();
        while (_test.Machine.HasWork) _test.Machine.DoWork();
    }

    [Fact]
    public void Vectors_wait_until_the_vCPUs_CPU_is_interrupted_once()
    {
        Post(Fixed(0x31), Fixed(0xFF), Fixed(0x31), Fixed(0x80), Fixed(0x7F));
        _home.InterruptsSent.Should().Be(1);
        TakeAll().Should().BeEmpty("its own CPU alone touches its APIC");
        _home.ServeInterrupts();
        _vcpu.NeedsAttention.Should().BeTrue();
        TakeAll().Should().Equal(0xFF, 0x80, 0x7F, 0x31);
        Post(Fixed(0x31));
        _home.InterruptsSent.Should().Be(2);
        _home.ServeInterrupts();
        TakeAll().Should().Equal(0x31);
    }

    [Fact]
    public void The_end_of_level_interrupts_alone_is_heard_of_where_the_devices_are()
    {
        Post(Fixed(0x41, level: true), Fixed(0x52));
        _home.ServeInterrupts();
        TakeAll().Should().Equal(0x52, 0x41);
        _ends.Heard.Should().BeEmpty("that CPU is another");
        ServeDevices();
        _ends.Heard.Should().Equal(0x41);
    }

    [Fact]
    public void One_that_is_halted_is_woken()
    {
        _vcpu.State.Rflags = Rflags.InterruptEnable;
        _vcpu.DeliverEvents();
        _vcpu.Activity = VcpuActivity.Halted;
        Post(Fixed(0x41));
        _vcpu.IsRunnable.Should().BeFalse();
        _home.ServeInterrupts();
        _vcpu.IsRunnable.Should().BeTrue();
    }

    [Fact]
    public void A_level_interrupt_that_is_not_taken_any_more_ends_at_once()
    {
        Post(Fixed(0x41, level: true), Fixed(0x52));
        Enable(_vcpu, 0xFF);
        _home.ServeInterrupts();
        ServeDevices();
        _ends.Heard.Should().Equal(0x41);
        Enable(_vcpu, SoftwareEnabled);
        TakeAll().Should().BeEmpty();
    }

    [Fact]
    public void An_NMI_comes()
    {
        Post(Signal(DeliveryMode.Nmi), Signal(DeliveryMode.Nmi));
        _home.ServeInterrupts();
        _vcpu.DeliverEvents();
        _test.States[1].Injected.Should().Equal(VcpuEvent.Nmi());
    }

    [Fact]
    public void Other_modes_are_dropped()
    {
        Post(Signal(DeliveryMode.External), Signal(DeliveryMode.Smi));
        _home.InterruptsSent.Should().Be(0);
    }

    [Fact]
    public void INIT_and_a_start_up_message_start_it()
    {
        Post(Signal(DeliveryMode.Init));
        _home.ServeInterrupts();
        _vcpu.Activity.Should().Be(VcpuActivity.WaitingForStartup);
        Post(Signal(DeliveryMode.Init), Signal(DeliveryMode.Startup, 0x9A), Signal(DeliveryMode.Startup, 0x65));
        _home.ServeInterrupts();
        _vcpu.Activity.Should().Be(VcpuActivity.Running);
        _vcpu.State.GetSegment(SegmentName.Cs).Base.Should().Be(0x9A000, "the second finds it running");
    }

    /// <summary>A vCPU that runs takes no notice of a start-up message, and one that is halted by INIT has nothing of before.</summary>
    [Fact]
    public void INIT_drops_what_waited_before_it()
    {
        Post(Signal(DeliveryMode.Startup, 0x9A), Signal(DeliveryMode.Nmi), Fixed(0x41), Signal(DeliveryMode.Init));
        _home.ServeInterrupts();
        _vcpu.Activity.Should().Be(VcpuActivity.WaitingForStartup);
        Post(Signal(DeliveryMode.Startup, 0x65));
        _home.ServeInterrupts();
        _vcpu.State.GetSegment(SegmentName.Cs).Base.Should().Be(0x65000);
        _vcpu.DeliverEvents();
        _test.States[1].Injected.Should().BeEmpty();
        Enable(_vcpu, SoftwareEnabled);
        TakeAll().Should().BeEmpty();
    }

    /// <summary>The interrupt that brings INIT interrupted the delivery of an event, which must not be met by what is started then.</summary>
    [Fact]
    public void INIT_drops_an_event_whose_delivery_it_interrupted()
    {
        using var machine = new AwayMachine(isAway: true);
        machine.Vcpu.Inbox.Post(Signal(DeliveryMode.Init));
        machine.Vcpu.Inbox.Post(Signal(DeliveryMode.Startup, 8));
        machine.RunTurn(new VmExit { Kind = VmExitKind.HostInterrupt, InterruptedEvent = VcpuEvent.Interrupt(0x44) });
        machine.Vcpu.Activity.Should().Be(VcpuActivity.Running);
        machine.Vcpu.DeliverEvents();
        machine.State.Injected.Should().BeEmpty();
    }

    [Fact]
    public void A_start_up_message_alone_leaves_a_vCPU_that_runs_as_it_is()
    {
        ulong rip = _vcpu.State.Rip = 0x1234;
        Post(Signal(DeliveryMode.Startup, 0x9A));
        _home.ServeInterrupts();
        _vcpu.State.Rip.Should().Be(rip);
    }

    /// <summary>vCPU 0 is halted: it needs a turn after which its CPU sees that the VM is to be reset.</summary>
    [Fact]
    public void INIT_of_vCPU_0_resets_the_VM_though_it_is_halted()
    {
        var boot = _test.Machine.Vcpus[0];
        boot.DeliverEvents();
        boot.Activity = VcpuActivity.Halted;
        boot.Inbox.Post(Signal(DeliveryMode.Init));
        boot.IsRunnable.Should().BeFalse();
        _devices.ServeInterrupts();
        _test.Machine.StopRequest.Should().Be(VmStopReason.Reset);
        boot.IsRunnable.Should().BeTrue();
    }

    [Fact]
    public void What_comes_for_one_that_is_not_at_home_waits_until_it_is()
    {
        var scheduler = _vcpu.Scheduler!;
        scheduler.Remove(_vcpu);
        Post(Fixed(0x41), Signal(DeliveryMode.Nmi));
        _home.ServeInterrupts();
        TakeAll().Should().BeEmpty();
        scheduler.TryAdd(_vcpu);
        _vcpu.Inbox.Run(_vcpu.Cpu);
        TakeAll().Should().Equal(0x41);
        _vcpu.DeliverEvents();
        _test.States[1].Injected.Should().Equal(VcpuEvent.Nmi());
    }

    /// <summary>A byte that is typed while a VM is reset or ended may raise an interrupt: mail on its way then would outlive the VM's memory.</summary>
    [Fact]
    public void While_the_VM_has_no_home_nothing_of_it_is_sent_anywhere()
    {
        foreach (var vcpu in _test.Machine.Vcpus) vcpu.Scheduler!.Remove(vcpu);
        Post(Fixed(0x41), Signal(DeliveryMode.Nmi));
        _home.InterruptsSent.Should().Be(0);
    }

    [Fact]
    public void A_reset_clears_it()
    {
        Post(Fixed(0x41), Fixed(0x52, level: true), Signal(DeliveryMode.Nmi), Signal(DeliveryMode.Init), Signal(DeliveryMode.Startup, 1));
        _vcpu.Reset();
        Enable(_vcpu, SoftwareEnabled);
        _home.ServeInterrupts();
        _vcpu.Activity.Should().Be(VcpuActivity.WaitingForStartup);
        TakeAll().Should().BeEmpty();
        ServeDevices();
        _ends.Heard.Should().BeEmpty();
        _vcpu.DeliverEvents();
        _test.States[1].Injected.Should().BeEmpty();
    }

    /// <summary>The vCPU's CPU sleeps unless it is interrupted. What was counted before a message was posted has been seen when that has been taken, though many are taken as one.</summary>
    [Fact]
    public async Task From_many_threads_no_interrupt_and_no_wake_up_is_lost()
    {
        const int senders = 3, vectorsOfEach = 5, rounds = 20_000, firstVector = 0x3E, nmi = senders * vectorsOfEach;
        using var interrupt = new SemaphoreSlim(0);
        FakeCpu home = new(new FakeTimer(), index: 1) { Interrupted = () => interrupt.Release() };
        using var test = new TestMachine(vcpus: 2, homes: [_devices, home]);
        var vcpu = test.Machine.Vcpus[1];
        vcpu.Reset();
        vcpu.Activity = VcpuActivity.Running;
        Enable(vcpu, SoftwareEnabled);
        test.ComeHome();
        // By vector, and the last by NMI: how far its sender has counted, and how far that was seen.
        long[] sent = new long[nmi + 1], seen = new long[nmi + 1];

        var receiver = Task.Factory.StartNew(
            () =>
            {
                while (seen.Any(value => value < rounds))
                {
                    if (!interrupt.Wait(s_deadline)) return false;
                    home.ServeInterrupts();
                    while (vcpu.Apic.PendingVector is >= 0 and int vector)
                    {
                        vcpu.Apic.Acknowledge();
                        vcpu.Apic.EndOfInterrupt();
                        Volatile.Write(ref seen[vector - firstVector], Volatile.Read(ref sent[vector - firstVector]));
                    }
                    vcpu.DeliverEvents();
                    if (!vcpu.State.NmiBlocked) continue;
                    Volatile.Write(ref seen[nmi], Volatile.Read(ref sent[nmi]));
                    vcpu.State.NmiBlocked = false;
                    // Another one that came meanwhile.
                    vcpu.Kick();
                }
                return true;
            }, TaskCreationOptions.LongRunning);
        var tasks = Enumerable.Range(0, senders).Select(sender => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(sender);
                for (int round = 1; round <= rounds; round++)
                {
                    for (int i = sender * vectorsOfEach; i < (sender + 1) * vectorsOfEach; i++)
                    {
                        Volatile.Write(ref sent[i], round);
                        vcpu.Inbox.Post(Fixed((byte)(firstVector + i), level: i % 2 != 0));
                    }
                    if (sender == 0)
                    {
                        Volatile.Write(ref sent[nmi], round);
                        vcpu.Inbox.Post(Signal(DeliveryMode.Nmi));
                    }
                    // One that is lost is made good by the next, unless there is none before it was seen.
                    int last = sender == 0 && random.Next(2) == 0 ? nmi : sender * vectorsOfEach + random.Next(vectorsOfEach);
                    if (random.Next(4) == 0 && !TryWait(() => Volatile.Read(ref seen[last]) == round)) return false;
                }
                return true;
            }, TaskCreationOptions.LongRunning)).ToArray();
        (await Task.WhenAll(tasks)).Should().OnlyContain(isSeen => isSeen, "each interrupt is seen, though no other follows");
        (await receiver).Should().BeTrue("every interrupt has come");
        seen.Should().OnlyContain(value => value == rounds, "each has seen what was counted last");
    }

    private static bool TryWait(Func<bool> condition)
    {
        var stillness = Stopwatch.StartNew();
        var spin = default(SpinWait);
        while (!condition())
        {
            if (stillness.Elapsed > s_deadline) return false;
            spin.SpinOnce(sleep1Threshold: NoSleep);
        }
        return true;
    }

    /// <summary>INIT and the start-up message that follows it at once, with the vCPU's CPU looking in between: it must never be left waiting.</summary>
    [Fact]
    public async Task A_start_up_message_is_never_taken_before_the_INIT_that_it_follows()
    {
        const int rounds = 20_000;
        int started = 0;
        bool isOver = false;
        var inbox = _vcpu.Inbox;
        var receiver = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    inbox.Run(_vcpu.Cpu);
                    if (_vcpu.Activity != VcpuActivity.Running || _vcpu.State.Rip != 0)
                    {
                        Thread.Yield();
                        continue;
                    }
                    _vcpu.State.Rip = 1;
                    Volatile.Write(ref started, started + 1);
                }
            }, TaskCreationOptions.LongRunning);
        int sent = 0;
        bool isStuck = false;
        _vcpu.State.Rip = 1;
        while (sent < rounds && !isStuck)
        {
            Post(Signal(DeliveryMode.Init), Signal(DeliveryMode.Startup, 8));
            sent++;
            isStuck = !TryWait(() => Volatile.Read(ref started) == sent);
        }
        Volatile.Write(ref isOver, true);
        await receiver;
        started.Should().Be(rounds);
    }

    private sealed class Ends : EndOfInterruptListener
    {
        public List<byte> Heard { get; } = [];

        public override void EndOfInterrupt(byte vector) => Heard.Add(vector);
    }
}
