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
    private readonly ReadyMail _ready;
    private readonly RemoteConsoleOutput? _remoteOutput;
    private readonly RemoteConsoleInput? _remoteInput;
    private bool _saidReady;

    /// <summary>A VM of the manifest whose vCPUs live at <paramref name="homes"/>, in their order; the supervisor's CPU is the host's first. Whether it can have other homes: the machine has some.</summary>
    public ServiceVm(int index, VmConsole console, in VmDescription description, ManifestBootFiles files, HostMachine host, VmHome[] homes, bool canMove)
    {
        Index = index;
        Name = console.Name;
        _description = description;
        Files = files;
        Console = console;
        VcpuHomes = homes;
        Parts = MakeParts(homes, host.Cpu);
        _first = host.Cpu;
        Arena = new VmArena(host.Memory);
        if (canMove)
        {
            _remoteOutput = new RemoteConsoleOutput(console.Output, Home.Cpu, _first, host.TscFrequency / ConsoleReadsPerSecond);
            _remoteInput = new RemoteConsoleInput(Input, Home.Cpu, _first, host.TscFrequency);
        }
        Lines = _remoteOutput ?? (ByteSink)console.Output;
        Output = description.Console == ConsoleKind.Serial ? Lines : new NoConsole();
        _ready = new ReadyMail(this);
    }

    private VmPart[] MakeParts(VmHome[] homes, Cpu first)
    {
        var parts = new VmPart[homes.Length];
        int count = 0;
        foreach (var home in homes)
        {
            bool isMade = false;
            for (int i = 0; i < count; i++) isMade |= parts[i].Home == home;
            if (isMade) continue;
            var vcpus = new int[homes.Length];
            int size = 0;
            for (int vcpu = 0; vcpu < homes.Length; vcpu++)
                if (homes[vcpu] == home) vcpus[size++] = vcpu;
            Array.Resize(ref vcpus, size);
            parts[count++] = new VmPart(this, home, vcpus, first);
        }
        Array.Resize(ref parts, count);
        return parts;
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

    /// <summary>Where its devices and its vCPU 0 live.</summary>
    public VmHome Home => VcpuHomes[0];

    /// <summary>Where each of its vCPUs lives.</summary>
    public VmHome[] VcpuHomes { get; }

    /// <summary>Its vCPUs by the CPUs on which they live; the first part has vCPU 0 and the devices, and <see cref="Home"/> is its home.</summary>
    public VmPart[] Parts { get; }

    /// <summary>Whether a part of it was given to its home, and not all of it is back. The supervisor's alone.</summary>
    public bool IsGiven { get; private set; }

    /// <summary>Whether all of its parts are at their homes, or are going to be, and none is on its way back. The supervisor's alone.</summary>
    public bool IsGivenWhole
    {
        get
        {
            foreach (var part in Parts)
                if (!part.IsGivenForLong) return false;
            return true;
        }
    }

    /// <summary>Whether some of its vCPUs live there.</summary>
    public bool LivesAt(VmHome home)
    {
        foreach (var part in Parts)
            if (part.Home == home) return true;
        return false;
    }

    /// <summary>The exit that ended it, once it has come back.</summary>
    public ref readonly VmExit LastExit => ref PartThatStopped.LastExit;

    /// <summary>Who decides on its life.</summary>
    public Supervisor? Supervisor { get; set; }

    /// <summary>Adds "on CPU 2" to a line of the log, or "on CPUs 0, 1, 0": one for each vCPU, the first of which has the devices.</summary>
    public void WriteHomes(LogLine line)
    {
        line.Text(VcpuHomes.Length == 1 ? " on CPU " : " on CPUs ");
        for (int i = 0; i < VcpuHomes.Length; i++) line.Text(i == 0 ? "" : ", ").Decimal((ulong)VcpuHomes[i].Cpu.Index);
    }

    /// <summary>By the supervisor: it runs from now on, and is touched by its homes' CPUs alone until it comes back.</summary>
    public void Give()
    {
        IsGiven = true;
        bool hasMoved = false;
        foreach (var part in Parts) hasMoved |= part.TryMove();
        if (hasMoved) Settle();
        // Who sends to a vCPU, the devices above all, finds it at home.
        for (int i = Parts.Length - 1; i >= 0; i--) Parts[i].Give();
    }

    // It has another home, and is nowhere yet: whatever knows where it lives is told.
    private void Settle()
    {
        foreach (var part in Parts)
            foreach (int vcpu in part.Vcpus) VcpuHomes[vcpu] = part.Home;
        var machine = Machine!;
        machine.MoveTo(Home.Cpu);
        for (int i = 0; i < VcpuHomes.Length; i++) machine.Vcpus[i].Cpu = VcpuHomes[i].Cpu;
        Devices?.Place(Home.Cpu, _first);
        _remoteOutput?.MoveTo(Home.Cpu);
        _remoteInput?.MoveTo(Home.Cpu);
    }

    /// <summary>By the CPU that has its devices: what comes for them is taken from now on, or not any more.</summary>
    public void Listen(bool listens)
    {
        if (listens)
        {
            // What the first CPU does with another's output is the hypervisor's own work; with its own a fault is the VM's.
            if (Home.IsFirst) Console.Output.Owner = Machine;
            Devices?.GoLive();
            _remoteInput?.GoLive();
        }
        else
        {
            Devices?.GoQuiet();
            _remoteInput?.GoQuiet();
            if (Home.IsFirst) Console.Output.Owner = null;
        }
    }

    /// <summary>By the supervisor: it is to come back, which <see cref="TryTakeBack"/> tells of; where it lives on the first CPU alone it is back at once.</summary>
    public void CallBack()
    {
        foreach (var part in Parts) part.CallBack();
        GoOnTakingBack();
    }

    /// <summary>By the supervisor: whether all of it has come back since it was given, without being called or since. Then nobody else touches it any more.</summary>
    public bool TryTakeBack()
    {
        if (!IsGiven) return false;
        foreach (var part in Parts)
        {
            if (part.IsGiven) continue;
            // One does not run without the others.
            CallBack();
            break;
        }
        return !IsGiven;
    }

    // Once no part is given, those that were elsewhere are flushed; then it is back.
    private void GoOnTakingBack()
    {
        bool isBack = true;
        foreach (var part in Parts)
        {
            if (part.IsGiven) return;
            isBack &= part.IsBack;
        }
        IsGiven = !isBack;
        foreach (var part in Parts) part.Flush();
    }

    /// <summary>By a CPU on which it lives: what lives there stops, after the exit that is given, and goes back to the supervisor.</summary>
    public void Leave(Cpu cpu, in VmExit exit)
    {
        foreach (var part in Parts)
            if (part.Home.Cpu == cpu) part.Leave(exit);
    }

    // What a device or the supervisor asked for comes from where the devices are.
    private VmPart PartThatStopped
    {
        get
        {
            foreach (var part in Parts)
                if (part.Home.Cpu == Machine?.StoppedBy?.Cpu) return part;
            return Parts[0];
        }
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

    /// <summary>The VM was made: from here on a fault in its work is laid to it.</summary>
    public void Attach(VirtualMachine machine)
    {
        Machine = machine;
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
        // What the devices' reset does to lines and messages is for nobody.
        foreach (var vcpu in machine.Vcpus) vcpu.Activity = VcpuActivity.Stopped;
        Platform!.Reset();
        Forget();
        foreach (var vcpu in machine.Vcpus) vcpu.Reset();
        if (!Platform.TryWriteAcpiTables()) return "it has too little memory for its ACPI tables; give it 2 MiB or more";
        var result = GuestLoader.Load(_description.Protocol, Files, machine.Memory, GuestAcpiTables.RsdpAddress, machine.Vcpus[0].State);
        machine.StopClock();
        return result == LoadResult.Loaded ? "" : GuestLoader.Explain(result);
    }

    private void Forget()
    {
        foreach (var part in Parts) part.Forget();
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
        Forget();
        _remoteOutput?.Drain();
        Console.Detach();
        _remoteInput?.Drop();
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

    /// <summary>To the supervisor's CPU: it is ready.</summary>
    private sealed class ReadyMail(ServiceVm vm) : CpuWork
    {
        public override void Run(Cpu cpu) => vm.NoteReady();
    }
}
