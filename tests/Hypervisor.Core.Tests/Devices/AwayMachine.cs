using System;
using Lamina.Core.Tests.Emulation;
using Lamina.Testing;

namespace Lamina.Core.Tests.Devices;

/// <summary>
/// A vCPU whose instructions meet a device, driven through the exit loop, an exit a turn: at home, on the device's CPU, or away from it. The CPUs take their mail when the test has them do so.
/// Linear pages from <see cref="Area"/> on are: device, device, RAM, device, RAM.
/// </summary>
public sealed class AwayMachine : IDisposable
{
    public const ulong Area = 0x50_0000;
    public const int AreaPages = 5;
    public const ushort Port = 0x300;
    public const int Ports = 16;
    public const ulong DevicePhysical = 0x5000_0000;
    private const int PageSize = EmulatorMachine.PageSize;
    private const ulong FirstRam = 0x9_0000, SecondRam = 0xB_0000;
    private const int MostRounds = 10_000;

    private readonly Scheduler _scheduler;

    public AwayMachine(bool isAway)
    {
        Home = isAway ? new FakeCpu(1) : Devices;
        Emulator = new EmulatorMachine(Devices, Home);
        Emulator.Place([]);
        (ulong Physical, int Page)[] pages = [(DevicePhysical, 0), (DevicePhysical + 2 * PageSize, 1), (FirstRam, 2), (DevicePhysical + PageSize, 3), (SecondRam, 4)];
        foreach (var (physical, page) in pages) Emulator.Map(Area + (ulong)(page * PageSize), physical);
        Emulator.Machine.Mmio.TryRegister(Device, DevicePhysical, 3 * PageSize).Should().BeTrue();
        Emulator.Machine.Ports.TryRegister(Device, Port, Ports).Should().BeTrue();
        _scheduler = Emulator.Test.ComeHome()[Home];
    }

    /// <summary>The CPU that has the device.</summary>
    public FakeCpu Devices { get; } = new(0);
    /// <summary>The vCPU's.</summary>
    public FakeCpu Home { get; }
    public EmulatorMachine Emulator { get; }
    public LoggingDevice Device { get; } = new();
    public VirtualMachine Machine => Emulator.Machine;
    public VirtualCpu Vcpu => Emulator.Vcpu;
    public FakeVcpuState State => Emulator.State;
    /// <summary>How often the vCPU waited.</summary>
    public int Waits { get; private set; }

    /// <summary>Whether one of so many bytes of the area is the device's.</summary>
    public static bool IsDevice(ulong linear, int size, out ulong gpa)
    {
        for (ulong at = linear; at < linear + (ulong)size; at++)
        {
            ulong offset = (at - Area) % PageSize;
            gpa = ((at - Area) / PageSize) switch
            {
                0 => DevicePhysical + offset,
                1 => DevicePhysical + 2 * PageSize + offset,
                3 => DevicePhysical + PageSize + offset,
                _ => 0,
            };
            if (gpa != 0) return true;
        }
        gpa = 0;
        return false;
    }

    /// <summary>The RAM of the area.</summary>
    public byte[] Ram => [.. Emulator.Memory.Slice((int)FirstRam, PageSize), .. Emulator.Memory.Slice((int)SecondRam, PageSize)];

    /// <summary>One turn of the vCPU: it goes on with what it waited for, or else it is entered once, which gives that exit.</summary>
    public void RunTurn(in VmExit exit)
    {
        var turn = new Turn<OneExit>(Home, _scheduler, new OneExit(_scheduler, exit)) { Vcpu = Vcpu };
        // A turn in which it went on with its exit is over then.
        _scheduler.Interrupt();
        ExitLoop<OneExit>.RunTurn(ref turn);
        if (Vcpu.Activity == VcpuActivity.WaitingForDevice) Waits++;
    }

    /// <summary>Runs the instruction at RIP until it is done or has raised an exception; hardware makes the exits that <paramref name="exit"/> says.</summary>
    public void Run(Func<VmExit> exit)
    {
        ulong rip = State.Rip;
        State.Injected.Clear();
        for (int round = 0; State.Rip == rip && State.Injected.Count == 0; round++)
        {
            round.Should().BeLessThan(MostRounds);
            Machine.StopRequest.Should().Be(VmStopReason.None);
            RunTurn(exit());
            Settle();
            if (Vcpu.NeedsAttention) Vcpu.DeliverEvents();
        }
    }

    /// <summary>The device's CPU takes its mail, and does the VM's work, until there is none.</summary>
    public void ServeDevices()
    {
        Devices.ServeInterrupts();
        while (Machine.HasWork)
        {
            Machine.DoWork();
            Devices.ServeInterrupts();
        }
    }

    /// <summary>Both CPUs work until the vCPU waits no more.</summary>
    public void Settle()
    {
        for (int round = 0; Vcpu.Activity == VcpuActivity.WaitingForDevice; round++)
        {
            round.Should().BeLessThan(MostRounds);
            ServeDevices();
            Home.ServeInterrupts();
            Vcpu.IsRunnable.Should().BeTrue("what it waited for is done");
            RunTurn(new VmExit { Kind = VmExitKind.HostInterrupt });
        }
    }

    public void Dispose() => Emulator.Dispose();

    private readonly struct OneExit(Scheduler scheduler, VmExit exit) : IProcessorBackend<OneExit>
    {
        public void Enter(VirtualCpu vcpu, ref VmExit found)
        {
            found = exit;
            scheduler.Interrupt();
        }

        public bool RunGuarded(ref Turn<OneExit> turn, ref RecoveryPoint recovery) => throw new NotSupportedException();
    }
}
