using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Lamina.Core.Tests.Emulation;
using Lamina.Testing;

namespace Lamina.Core.Tests.Devices;

public sealed class DeviceRequestsTests : IDisposable
{
    private const ulong Device = AwayMachine.DevicePhysical;
    private const int PageSize = EmulatorMachine.PageSize;
    /// <summary>So long nothing comes: it is lost.</summary>
    private static readonly TimeSpan s_deadline = TimeSpan.FromMinutes(2);

    private readonly AwayMachine _machine = new(isAway: true);
    private DeviceRequests Requests => _machine.Vcpu.Requests;
    private VirtualCpu Vcpu => _machine.Vcpu;
    private List<(string What, ulong Address, int Size, ulong Value)> Log => _machine.Device.Log;

    public void Dispose() => _machine.Dispose();

    private void Fill()
    {
        for (ulong i = 0; i < DeviceRequests.Capacity; i++) Requests.TryPost(DeviceAccessKind.WriteMemory, Device + i, 1, i).Should().BeTrue();
    }

    private static VmExit In => new() { Kind = VmExitKind.PortIo, Port = AwayMachine.Port, PortSize = 1, PortAccess = PortAccess.In, InstructionLength = 1 };

    [Fact]
    public void Writes_are_posted_and_done_in_their_order_as_the_VMs_own_work()
    {
        Requests.TryPost(DeviceAccessKind.WriteMemory, Device, 4, 1).Should().BeTrue();
        Requests.TryPost(DeviceAccessKind.WriteMemory, Device + 8, 2, 2).Should().BeTrue();
        Vcpu.Activity.Should().Be(VcpuActivity.Running);
        Requests.AreDone.Should().BeFalse();
        _machine.Devices.ServeInterrupts();
        Log.Should().BeEmpty("it is whosever turn");
        _machine.Machine.HasWork.Should().BeTrue();
        _machine.Machine.DoWork();
        Log.Should().Equal(("write", 0, 4, 1), ("write", 8, 2, 2));
        Requests.AreDone.Should().BeTrue();
        _machine.Home.InterruptsSent.Should().Be(0, "nobody waits for it");
    }

    /// <summary>A guest must not be able to interrupt the devices' CPU, which runs others, as often as it likes.</summary>
    [Fact]
    public void Until_the_VMs_turn_comes_its_CPU_is_interrupted_once()
    {
        for (byte i = 0; i < DeviceRequests.Capacity; i++)
        {
            Requests.TryPost(DeviceAccessKind.WriteMemory, Device, 1, i).Should().BeTrue();
            Requests.PostEndOfInterrupt((byte)(0x30 + i));
            _machine.Devices.ServeInterrupts();
        }
        _machine.Devices.InterruptsSent.Should().Be(1);
        _machine.Machine.DoWork();
        Log.Should().HaveCount(DeviceRequests.Capacity);
        Requests.TryPost(DeviceAccessKind.WriteMemory, Device, 1, 0).Should().BeTrue();
        _machine.Devices.InterruptsSent.Should().Be(2);
    }

    [Fact]
    public void With_the_ring_full_the_vCPU_waits_and_is_told_when_all_is_done()
    {
        Fill();
        Requests.TryPost(DeviceAccessKind.WriteMemory, Device, 1, 99).Should().BeFalse();
        Vcpu.Activity.Should().Be(VcpuActivity.WaitingForDevice);
        Vcpu.IsRunnable.Should().BeFalse();
        _machine.ServeDevices();
        Vcpu.IsRunnable.Should().BeTrue();
        _machine.Home.InterruptsSent.Should().Be(1);
        Log.Select(entry => entry.Value).Should().Equal(0, 1, 2, 3, 4, 5, 6, 7);
        Vcpu.Activity = VcpuActivity.Running;
        Requests.Resume();
        Requests.HasAnswer.Should().BeFalse("it waited for room, not for an answer");
        Requests.TryPost(DeviceAccessKind.WriteMemory, Device, 1, 99).Should().BeTrue();
        _machine.ServeDevices();
        Log[^1].Value.Should().Be(99);
    }

    /// <summary>What waited for room to ask is given no answer that is not its own.</summary>
    [Fact]
    public void A_read_that_waits_for_room_is_asked_afterwards()
    {
        Fill();
        _machine.State.Registers.Rax = 0;
        _machine.Emulator.Place([0xEC]);
        _machine.Run(() => In);
        Log.Should().HaveCount(DeviceRequests.Capacity + 1);
        Log[^1].What.Should().Be("in");
        _machine.State.Registers.Rax.Should().Be(Log[^1].Value);
        _machine.Waits.Should().Be(2);
    }

    /// <summary>The first pieces of an operand are RAM's, the others a device's, and the ring has room for one.</summary>
    [Fact]
    public void A_write_over_a_pages_edge_is_done_whole_or_not_at_all()
    {
        // mov [abs], rax: three bytes in RAM, five in the device.
        ulong target = AwayMachine.Area + 3 * PageSize - 3;
        _machine.Emulator.Place([0x48, 0x89, 0x04, 0x25, .. BitConverter.GetBytes((uint)target)]);
        _machine.State.Registers.Rax = 0x8877_6655_4433_2211;
        for (ulong i = 0; i < DeviceRequests.Capacity - 1; i++) Requests.TryPost(DeviceAccessKind.WriteMemory, Device, 1, i).Should().BeTrue();
        _machine.Run(() => new VmExit { Kind = VmExitKind.SecondLevelFault, GuestPhysical = Device + PageSize, Access = MemoryAccess.Write });
        _machine.ServeDevices();
        Log.Skip(DeviceRequests.Capacity - 1).Should().Equal(("write", PageSize, 4, 0x7766_5544), ("write", PageSize + 4, 1, 0x88));
        _machine.Ram[(PageSize - 3)..PageSize].Should().Equal(0x11, 0x22, 0x33);
    }

    /// <summary>The second element is asked for, and waited for, in another page than the exit was in.</summary>
    [Fact]
    public void A_string_that_waits_in_its_next_page_asks_a_device_once_an_element()
    {
        // rep lodsb
        _machine.Emulator.Place([0xF3, 0xAC]);
        ref var registers = ref _machine.State.Registers;
        registers.Rsi = AwayMachine.Area + PageSize - 1;
        registers.Rcx = 2;
        _machine.Run(() =>
        {
            AwayMachine.IsDevice(_machine.State.Registers.Rsi, 1, out ulong gpa);
            return new VmExit { Kind = VmExitKind.SecondLevelFault, GuestPhysical = gpa, Access = MemoryAccess.Read };
        });
        Log.Select(entry => entry.Address).Should().Equal(PageSize - 1, 2 * PageSize);
        (registers.Rax & 0xFF).Should().Be(Log[1].Value);
    }

    [Fact]
    public void INIT_ends_a_wait_and_what_is_started_then_gets_no_answer_of_before()
    {
        _machine.Emulator.Place([0xEC]);
        _machine.RunTurn(In);
        Vcpu.Activity.Should().Be(VcpuActivity.WaitingForDevice);
        Vcpu.Inbox.Post(new InterruptMessage(0, DeliveryMode.Init, 1, false, false));
        Vcpu.Inbox.Post(new InterruptMessage(8, DeliveryMode.Startup, 1, false, false));
        _machine.Home.ServeInterrupts();
        Vcpu.Activity.Should().Be(VcpuActivity.Running);
        _machine.State.Rip.Should().Be(0);

        // The answer to what is over comes, and what it asks now is asked.
        _machine.ServeDevices();
        _machine.Home.ServeInterrupts();
        Log.Should().ContainSingle();
        _machine.Run(() => In);
        _machine.State.Rip.Should().Be(1);
        Log.Should().HaveCount(2);
        _machine.State.Registers.Rax.Should().Be(Log[1].Value);
    }

    [Fact]
    public void INIT_with_requests_under_way_keeps_their_order()
    {
        Requests.TryPost(DeviceAccessKind.WriteMemory, Device, 1, 1);
        _machine.Emulator.Place([0xEC]);
        _machine.RunTurn(In);
        Vcpu.Initialize();
        Vcpu.Startup(8);
        _machine.Run(() => In);
        Log.Select(entry => entry.What).Should().Equal("write", "in", "in");
        _machine.State.Registers.Rax.Should().Be(Log[2].Value);
    }

    /// <summary>The VM leaves its homes, is reset and comes back, with a request posted as work, and mail on its way to either side.</summary>
    [Fact]
    public void A_reset_forgets_what_is_under_way()
    {
        Requests.TryPost(DeviceAccessKind.WriteMemory, Device, 1, 1);
        _machine.Devices.ServeInterrupts();
        _machine.Emulator.Place([0xEC]);
        _machine.RunTurn(In);
        _machine.Waits.Should().Be(1);
        foreach (var vcpu in _machine.Machine.Vcpus)
        {
            vcpu.Scheduler!.Remove(vcpu);
            vcpu.Activity = VcpuActivity.Stopped;
        }
        _machine.Devices.ServeInterrupts();
        foreach (var vcpu in _machine.Machine.Vcpus) vcpu.Reset();
        _machine.Home.ServeInterrupts();
        Requests.AreDone.Should().BeTrue();
        foreach (var vcpu in _machine.Machine.Vcpus) new Scheduler(vcpu.Cpu, 1_000_000_000, 1).TryAdd(vcpu);
        _machine.ServeDevices();
        Log.Should().BeEmpty();
        Vcpu.Startup(8);
        _machine.Run(() => In);
        Log.Should().ContainSingle();
        _machine.State.Registers.Rax.Should().Be(Log[0].Value);
    }

    [Fact]
    public void Mail_that_finds_the_VM_gone_does_nothing()
    {
        Requests.TryPost(DeviceAccessKind.WriteMemory, Device, 1, 1);
        foreach (var vcpu in _machine.Machine.Vcpus) vcpu.Scheduler!.Remove(vcpu);
        _machine.Devices.ServeInterrupts();
        _machine.Machine.HasWork.Should().BeFalse();
    }

    /// <summary>A handler quiets its device, then ends the interrupt: heard of in the other order, the interrupt would come once more. The work has begun when they come.</summary>
    [Fact]
    public void An_interrupts_end_comes_after_what_was_written_before_it()
    {
        var order = new List<string>();
        var device = new Reentrant(order);
        _machine.Machine.Mmio.TryRegister(device, Device + 0x10_0000, PageSize).Should().BeTrue();
        _machine.Machine.Interrupts.EndOfInterruptListener = new Ends(order);
        device.AtFirst = () =>
        {
            Requests.TryPost(DeviceAccessKind.WriteMemory, Device + 0x10_0000, 4, 2);
            Requests.PostEndOfInterrupt(0x61);
        };
        Requests.TryPost(DeviceAccessKind.WriteMemory, Device + 0x10_0000, 4, 1);
        Requests.PostEndOfInterrupt(0x44);
        _machine.ServeDevices();
        order.Should().Equal("write 1", "end 44", "write 2", "end 61");
    }

    [Fact]
    public async Task From_two_threads_all_is_done_in_order_and_no_wake_up_is_lost()
    {
        const ulong Rounds = 60_000;
        using SemaphoreSlim deviceInterrupt = new(0), vcpuInterrupt = new(0);
        FakeCpu devices = new(new FakeTimer()) { Interrupted = () => deviceInterrupt.Release() };
        FakeCpu home = new(new FakeTimer(), index: 1) { Interrupted = () => vcpuInterrupt.Release() };
        using var machine = new TestMachine(vcpus: 2, homes: [devices, home]);
        var counter = new Counter();
        machine.Machine.Mmio.TryRegister(counter, Device, PageSize).Should().BeTrue();
        machine.ComeHome();
        bool isOver = false;

        var deviceThread = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref isOver))
                {
                    if (!deviceInterrupt.Wait(s_deadline)) return false;
                    devices.ServeInterrupts();
                    while (machine.Machine.HasWork) machine.Machine.DoWork();
                }
                return true;
            }, TaskCreationOptions.LongRunning);
        var vcpuThread = Task.Factory.StartNew(() => Ask(machine.Machine.Vcpus[1], home, vcpuInterrupt, Rounds), TaskCreationOptions.LongRunning);
        string problem = await vcpuThread;
        Volatile.Write(ref isOver, true);
        deviceInterrupt.Release();
        problem.Should().BeEmpty();
        (await deviceThread).Should().BeTrue();
        counter.IsInOrder.Should().BeTrue();
        counter.Count.Should().BeGreaterThan(Rounds);
    }

    // Posts a few writes, each a number higher, then reads what the last was.
    private static string Ask(VirtualCpu vcpu, FakeCpu cpu, SemaphoreSlim interrupt, ulong rounds)
    {
        var random = new Random(7);
        var requests = vcpu.Requests;
        ulong written = 0;
        vcpu.Activity = VcpuActivity.Running;
        bool TryWait()
        {
            while (!vcpu.IsRunnable)
            {
                if (!interrupt.Wait(s_deadline)) return false;
                cpu.ServeInterrupts();
            }
            vcpu.Activity = VcpuActivity.Running;
            requests.Resume();
            return true;
        }

        for (ulong round = 0; round < rounds; round++)
        {
            for (int posts = random.Next(12); posts > 0; posts--)
            {
                while (!requests.TryPost(DeviceAccessKind.WriteMemory, Device, 8, written + 1))
                    if (!TryWait()) return $"it waits for room for ever, in round {round}";
                written++;
                if (random.Next(8) == 0) Thread.SpinWait(random.Next(200));
            }
            ulong value = 0;
            while (!requests.TryAccess(DeviceAccessKind.ReadMemory, Device, 8, ref value))
                if (!TryWait()) return $"it waits for an answer for ever, in round {round}";
            requests.Forget();
            if (value != written) return $"{value} was read, and {written} was written, in round {round}";
        }
        return "";
    }

    private sealed class Counter : Device
    {
        public ulong Count { get; private set; }
        public bool IsInOrder { get; private set; } = true;
        public override string Name => "counter";
        public override void Reset() { }
        public override ulong ReadMemory(ulong offset, int size) => Count;
        public override void WriteMemory(ulong offset, int size, ulong value)
        {
            IsInOrder &= value == Count + 1;
            Count = value;
        }
    }

    /// <summary>While it is first written to, the vCPU goes on.</summary>
    private sealed class Reentrant(List<string> order) : Device
    {
        public Action? AtFirst { get; set; }
        public override string Name => "reentrant";
        public override void Reset() { }
        public override void WriteMemory(ulong offset, int size, ulong value)
        {
            order.Add($"write {value}");
            AtFirst?.Invoke();
            AtFirst = null;
        }
    }

    private sealed class Ends(List<string> order) : EndOfInterruptListener
    {
        public override void EndOfInterrupt(byte vector) => order.Add($"end {vector:X}");
    }
}
