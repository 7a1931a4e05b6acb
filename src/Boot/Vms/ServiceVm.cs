using System;
using Lamina.Core;
using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// A VM of the manifest, made at boot for good: what it is started from, and, while it lives, the objects that its arena holds. All references from outside into
/// that arena are here or are cut by <see cref="Detach"/>.
/// </summary>
internal sealed class ServiceVm(int index, VmConsole console, in VmDescription description, ManifestBootFiles files, HostMemory memory)
{
    private readonly VmDescription _description = description;

    /// <summary>Its number in the manifest.</summary>
    public int Index { get; } = index;

    /// <summary>Its name.</summary>
    public string Name { get; } = console.Name;

    /// <summary>What the manifest says of it.</summary>
    public ref readonly VmDescription Description => ref _description;

    /// <summary>What it is started from.</summary>
    public ManifestBootFiles Files { get; } = files;

    /// <summary>Its place at the machine's serial port.</summary>
    public VmConsole Console { get; } = console;

    /// <summary>Where its serial port's output goes.</summary>
    public ByteSink Output { get; } = description.Console == ConsoleKind.Serial ? console.Output : new NoConsole();

    /// <summary>What is typed goes to its console, while it has one.</summary>
    public ConsoleInput Input { get; } = new();

    /// <summary>The memory of all that follows.</summary>
    public VmArena Arena { get; } = new(memory);

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

    /// <summary>Whether it has said that it is ready, and the log has not.</summary>
    public bool SaidReady { get; set; }

    /// <summary>The VM was made: from here on a fault in its work is laid to it.</summary>
    public void Attach(VirtualMachine machine)
    {
        Machine = machine;
        Console.Output.Owner = machine;
    }

    /// <summary>Its devices were made.</summary>
    public void Attach(GuestPlatform platform)
    {
        Platform = platform;
        Input.Uart = platform.Uart;
        if (_description.Console != ConsoleKind.None) Console.Attach(Input);
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
    /// It is over. Its vCPUs run no more, and nothing outside leads to its objects any longer: not the scheduler, the deadlines, the console, what is typed, nor the CPU, which
    /// keeps the state of the vCPU that ran last. None of its devices is asked: one may have faulted.
    /// </summary>
    public void Detach(Cpu cpu, Scheduler scheduler)
    {
        var machine = Machine;
        if (machine is null) return;
        foreach (var vcpu in machine.Vcpus)
        {
            vcpu.Activity = VcpuActivity.Stopped;
            scheduler.Remove(vcpu);
        }
        cpu.Deadlines.WithdrawAll(machine);
        Console.Detach();
        Console.Output.Owner = null;
        Input.Uart = null;
        Input.Port = null;
        machine.End();
        foreach (var vcpu in machine.Vcpus) vcpu.State.Free();
        Machine = null;
        Platform = null;
        Devices = null;
        IsResetDue = false;
        SaidReady = false;
    }

    /// <summary>Gives back its memory, which was cleared, and its arena. Its host table must not be loaded.</summary>
    public void Free()
    {
        Ram?.Free();
        Ram = null;
        Arena.Free();
    }
}
