using System;
using Lamina.Core;
using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// A VM of the manifest, made at boot for good: what it is started from, and, while it lives, the objects that its arena holds. All references from outside into
/// that arena are here or are cut by <see cref="Detach"/>.
/// </summary>
internal sealed class ServiceVm
{
    // What a VM on another CPU prints is read so often at most: each time interrupts the first CPU.
    private const ulong ConsoleReadsPerSecond = 1000;

    private readonly VmDescription _description;
    private readonly Cpu _first;
    private readonly Errand _take, _callBack, _return, _ready;
    private VmExit _lastExit;
    private readonly RemoteConsoleOutput? _remoteOutput;
    private readonly RemoteConsoleInput? _remoteInput;
    private bool _hasReturned, _saidReady;

    /// <summary>A VM of the manifest that lives at <paramref name="home"/>; the supervisor's CPU is the host's first.</summary>
    public ServiceVm(int index, VmConsole console, in VmDescription description, ManifestBootFiles files, HostMachine host, VmHome home)
    {
        Index = index;
        Name = console.Name;
        _description = description;
        Files = files;
        Console = console;
        Home = home;
        _first = host.Cpu;
        Arena = new VmArena(host.Memory);
        if (!home.IsFirst)
        {
            _remoteOutput = new RemoteConsoleOutput(console.Output, home.Cpu, _first, host.TscFrequency / ConsoleReadsPerSecond);
            _remoteInput = new RemoteConsoleInput(Input, home.Cpu, host.TscFrequency);
        }
        Lines = _remoteOutput ?? (ByteSink)console.Output;
        Output = description.Console == ConsoleKind.Serial ? Lines : new NoConsole();
        _take = new Errand(this, ErrandKind.Take);
        _callBack = new Errand(this, ErrandKind.CallBack);
        _return = new Errand(this, ErrandKind.Return);
        _ready = new Errand(this, ErrandKind.Ready);
    }

    /// <summary>Its number in the manifest.</summary>
    public int Index { get; }

    /// <summary>Its name.</summary>
    public string Name { get; }

    /// <summary>What the manifest says of it.</summary>
    public ref readonly VmDescription Description => ref _description;

    /// <summary>What it is started from.</summary>
    public ManifestBootFiles Files { get; }

    /// <summary>Its place at the machine's serial port.</summary>
    public VmConsole Console { get; }

    /// <summary>Where its serial port's output goes.</summary>
    public ByteSink Output { get; }

    /// <summary>Where its lines go, whichever device prints them.</summary>
    public ByteSink Lines { get; }

    /// <summary>What is typed goes to its console, while it has one.</summary>
    public ConsoleInput Input { get; } = new();

    /// <summary>The memory of all that follows.</summary>
    public VmArena Arena { get; }

    /// <summary>Its RAM, while it has any.</summary>
    public GuestRam? Ram { get; set; }

    /// <summary>The VM, while it lives.</summary>
    public VirtualMachine? Machine { get; private set; }

    /// <summary>Its devices, while it lives.</summary>
    public GuestPlatform? Platform { get; private set; }

    /// <summary>Its virtio devices, while it lives.</summary>
    public VmDevices? Devices { get; private set; }

    /// <summary>Whether its guest has asked to start over, and that has not been done yet.</summary>
    public bool IsResetDue { get; set; }

    /// <summary>Where it lives.</summary>
    public VmHome Home { get; }

    /// <summary>Whether it is there. Its home's CPU alone changes it.</summary>
    public bool IsAtHome { get; set; }

    /// <summary>Whether it was given to its home and has not come back. The supervisor's alone.</summary>
    public bool IsGiven { get; private set; }

    /// <summary>The exit before its end, once it has come back by itself.</summary>
    public ref readonly VmExit LastExit => ref _lastExit;

    /// <summary>Who decides on its life.</summary>
    public Supervisor? Supervisor { get; set; }

    /// <summary>By the supervisor: it runs from now on, and is touched by its home's CPU alone until it comes back.</summary>
    public void Give()
    {
        IsGiven = true;
        if (Home.IsFirst)
        {
            Home.Take(this);
            return;
        }
        foreach (var vcpu in Machine!.Vcpus) vcpu.State.Leave();
        Home.Cpu.Send(_take);
    }

    /// <summary>By its home's CPU: what comes for it is taken from now on, or not any more.</summary>
    public void Listen(bool listens)
    {
        if (listens)
        {
            Devices?.GoLive();
            _remoteInput?.GoLive();
        }
        else
        {
            Devices?.GoQuiet();
            _remoteInput?.GoQuiet();
        }
    }

    /// <summary>By the supervisor: it is to stop and come back, which <see cref="TryTakeBack"/> tells of; from the first CPU it is back at once.</summary>
    public void CallBack()
    {
        if (!Home.IsFirst)
        {
            Home.Cpu.Send(_callBack);
            return;
        }
        Home.Release(this);
        IsGiven = false;
    }

    /// <summary>By the supervisor: whether it has come back since this was asked last. Then nobody else touches it any more.</summary>
    public bool TryTakeBack()
    {
        if (!_hasReturned) return false;
        _hasReturned = false;
        IsGiven = false;
        foreach (var vcpu in Machine!.Vcpus) vcpu.State.Adopt(_first);
        return true;
    }

    /// <summary>By its home's CPU, which is not the first: it stops, after the exit that is given, and goes back to the supervisor.</summary>
    public void Leave(in VmExit exit)
    {
        if (!IsAtHome) return;
        _lastExit = exit;
        Home.Release(this);
        _first.Send(_return);
    }

    /// <summary>By its home's CPU: its guest says that it is ready.</summary>
    public void SayReady()
    {
        if (Home.IsFirst) NoteReady();
        else _first.Send(_ready);
    }

    /// <summary>By the supervisor: whether its guest has said that it is ready since this was asked last.</summary>
    public bool TakeReady()
    {
        bool said = _saidReady;
        _saidReady = false;
        return said;
    }

    private void NoteReady()
    {
        _saidReady = true;
        Supervisor!.Wake();
    }

    private void NoteReturn()
    {
        _hasReturned = true;
        Supervisor!.Wake();
    }

    /// <summary>The VM was made: from here on a fault in its work is laid to it.</summary>
    public void Attach(VirtualMachine machine)
    {
        Machine = machine;
        // What the first CPU does with another's output is the hypervisor's own work.
        if (Home.IsFirst) Console.Output.Owner = machine;
    }

    /// <summary>Its devices were made.</summary>
    public void Attach(GuestPlatform platform)
    {
        Platform = platform;
        Input.Uart = platform.Uart;
        if (_description.Console != ConsoleKind.None) Console.Attach(_remoteInput ?? (InputSink)Input);
    }

    /// <summary>Its virtio devices are being made.</summary>
    public void Attach(VmDevices devices) => Devices = devices;

    /// <summary>
    /// Power-on: devices and vCPUs as after RESET, the kernel loaded, the clock at 0 when its first turn begins. The VM's host table must be loaded. Empty when it can run, else
    /// what is wrong, in words.
    /// </summary>
    public string PowerOn()
    {
        var machine = Machine!;
        Platform!.Reset();
        foreach (var vcpu in machine.Vcpus) vcpu.Reset();
        if (!Platform.TryWriteAcpiTables()) return "it has too little memory for its ACPI tables; give it 2 MiB or more";
        var result = GuestLoader.Load(_description.Protocol, Files, machine.Memory, GuestAcpiTables.RsdpAddress, machine.Vcpus[0].State);
        machine.StopClock();
        return result == LoadResult.Loaded ? "" : GuestLoader.Explain(result);
    }

    /// <summary>
    /// It is over, and not at home any more. Nothing outside leads to its objects any longer: not the console, what is typed, nor the CPU, which keeps the state of the vCPU that ran
    /// last. None of its devices is asked: one may have faulted.
    /// </summary>
    public void Detach()
    {
        var machine = Machine;
        if (machine is null) return;
        // A byte that was typed since it left its home may have armed one here.
        _first.Deadlines.WithdrawAll(machine);
        _remoteOutput?.Drain();
        Console.Detach();
        _remoteInput?.Drop();
        Console.Output.Owner = null;
        Input.Uart = null;
        Input.Port = null;
        machine.End();
        foreach (var vcpu in machine.Vcpus) vcpu.State.Free();
        Machine = null;
        Platform = null;
        Devices = null;
        IsResetDue = false;
        _saidReady = false;
    }

    /// <summary>Gives back its memory, which was cleared, and its arena. Its host table must not be loaded.</summary>
    public void Free()
    {
        Ram?.Free();
        Ram = null;
        Arena.Free();
    }

    private enum ErrandKind : byte
    {
        /// <summary>To its home: it comes.</summary>
        Take,
        /// <summary>To its home: it is wanted back.</summary>
        CallBack,
        /// <summary>To the supervisor: it is back. Whatever its home sent before has been done then.</summary>
        Return,
        /// <summary>To the supervisor: it is ready.</summary>
        Ready,
    }

    /// <summary>What is sent between its home's CPU and the supervisor's.</summary>
    private sealed class Errand(ServiceVm vm, ErrandKind kind) : CpuWork
    {
        public override void Run()
        {
            switch (kind)
            {
                case ErrandKind.Take: vm.Home.Take(vm); break;
                case ErrandKind.CallBack: vm.Home.CallBack(vm); break;
                case ErrandKind.Return: vm.NoteReturn(); break;
                default: vm.NoteReady(); break;
            }
        }
    }
}
