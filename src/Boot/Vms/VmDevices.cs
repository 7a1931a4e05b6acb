using Lamina.Core;
using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// The virtio devices of a VM, by the manifest: its console, its random numbers, its disks and its network interfaces, in this order on its PCI bus. Made with the VM, in its
/// arena; what they hold outside of it goes back when it is over.
/// </summary>
internal sealed class VmDevices : VmEnding
{
    /// <summary>A port whose lines go to the log as those of the console do. Linux hands it over by the page, a console in small pieces.</summary>
    private const string LogPortName = "lamina.log";

    private readonly ServiceVm _vm;
    private readonly VirtualMachine _machine;
    private readonly GuestPlatform _platform;
    private readonly HostMemory _memory;
    private readonly FaultPlanter _planter;
    private readonly WireTerminal?[] _ends;
    private readonly CopyOnWriteImage?[] _written;
    private bool _isComplete = true;

    private VmDevices(ServiceVm vm, VirtualMachine machine, GuestPlatform platform, HostMemory memory, FaultPlanter planter)
    {
        _vm = vm;
        _machine = machine;
        _platform = platform;
        _memory = memory;
        _planter = planter;
        _ends = new WireTerminal?[vm.Description.InterfaceCount];
        _written = new CopyOnWriteImage?[vm.Description.DiskCount];
        machine.AtEnd(this);
        vm.Attach(this);
    }

    /// <summary>
    /// Makes them and plugs them in. Empty, or what is wrong, in words; the VM is to be ended then. <paramref name="random"/> is null on a machine without a generator: its VMs have none.
    /// </summary>
    public static string PlugIn(
        ServiceVm vm, VirtualMachine machine, GuestPlatform platform, HostMemory memory, Wires wires, RandomSource? random, FaultPlanter planter)
    {
        var devices = new VmDevices(vm, machine, platform, memory, planter);
        devices.AddConsole();
        if (vm.Description.HasRng && random is not null) devices.Add(new VirtioRng(machine, random));
        if (!devices.TryAddDisks()) return "there is not enough memory for what it may write to its disks";
        devices.AddInterfaces(wires);
        return devices._isComplete ? "" : "its PCI bus has no place left for its devices";
    }

    /// <summary>By the supervisor, while they are quiet: another CPU runs the VM from now on.</summary>
    public void Place(Cpu home, Cpu supervisor)
    {
        foreach (var end in _ends) end?.Place(home, supervisor);
    }

    /// <summary>
    /// On the CPU that runs the VM, when its vCPUs were given to the scheduler and before the first of them runs: what comes over its wires wakes it from now on. Once for what came
    /// before.
    /// </summary>
    public void GoLive()
    {
        foreach (var end in _ends) end?.GoLive();
    }

    /// <summary>
    /// On the CPU that runs the VM, when it lets go of it: before it is powered on again or ended. Nothing that comes over its wires reaches it any more, and another CPU may then
    /// work on it. Nothing happens when it is quiet already.
    /// </summary>
    public void GoQuiet()
    {
        foreach (var end in _ends) end?.GoQuiet();
    }

    /// <summary>
    /// By the supervisor, while they are quiet: the other ends of its wires see their links down, and what it wrote to its disks is gone.
    /// </summary>
    public override void Ended()
    {
        foreach (var end in _ends)
        {
            // A fault of our own code may have come before the other end was told of something: it is told that the link is down in any case.
            if (_machine.HasFaulted) end?.Wire.Reset();
            end?.Detach();
        }
        foreach (var image in _written) image?.Free(_memory);
    }

    /// <summary>On any CPU: writes what its wires have carried since the machine's start, and what its disks hold, for whoever asked for debug output.</summary>
    public void WriteCounters(Log log)
    {
        for (int i = 0; i < _ends.Length; i++)
        {
            if (_ends[i] is not { } end) continue;
            WriteDirection(log, i, ": sent ", end.Sent);
            WriteDirection(log, i, ": its other end sent ", end.Peer.Sent);
        }
        for (int i = 0; i < _written.Length; i++)
            if (_written[i] is { } image)
                log.Debug("  disk ").Decimal((ulong)i).Text(": ").Decimal((ulong)image.HeldBlocks).Text(" blocks written, ").Decimal(image.RefusedWrites).Text(" writes refused").End();
    }

    private static void WriteDirection(Log log, int number, string what, WireCounters counters) =>
        log.Debug("  interface ").Decimal((ulong)number).Text(what).Decimal(counters.SentFrames).Text(" frames, ").Decimal(counters.SentBytes).Text(" bytes; dropped ")
            .Decimal(counters.DroppedAtSender).Text(" by the sender, ").Decimal(counters.DroppedAtReceiver).Text(" by the receiver; refused ").Decimal(counters.Refused).End();

    private void AddConsole()
    {
        var ready = _vm.Description.Ready == ReadyKind.Told ? new VmReadyPort(_machine) : null;
        if (_vm.Description.Console == ConsoleKind.None)
        {
            if (ready is not null) Add(new VirtioConsole(_machine, ready));
            return;
        }
        var log = new SinkPort(_vm.Lines, LogPortName);
        if (_vm.Description.Console == ConsoleKind.Virtio)
        {
            var console = new SinkPort(_vm.Lines);
            _vm.Input.Port = console;
            Add(ready is null ? new VirtioConsole(_machine, console, log) : new VirtioConsole(_machine, console, log, ready));
        }
        else if (ready is not null) Add(new VirtioConsole(_machine, log, ready));
    }

    private bool TryAddDisks()
    {
        for (int i = 0; i < _written.Length; i++)
        {
            var disk = _vm.Description.GetDisk(i);
            BlockImage image = new ReadOnlyImage(_vm.Files.Disk(disk.File));
            if (disk.Mode != DiskMode.ReadOnly)
            {
                _written[i] = CopyOnWriteImage.TryCreate((ReadOnlyImage)image, _memory, disk.WriteBytes);
                if (_written[i] is not { } written) return false;
                image = written;
            }
            Add(new VirtioBlock(_machine, image, IdOf(i)));
        }
        return true;
    }

    private void AddInterfaces(Wires wires)
    {
        for (int i = 0; i < _ends.Length; i++)
        {
            var description = _vm.Description.GetInterface(i);
            var end = wires.EndOf(_vm.Index, i);
            _ends[i] = end;
            Add(new VirtioNet(_machine, end, new NetParameters(description.MacAddress, description.QueuePairs)));
        }
    }

    private void Add(VirtioDevice device) => _isComplete &= _platform.TryPlugIn(_planter.FunctionOf(_vm.Description.Name, device, _machine.Interrupts));

    /// <summary>What a guest sees as a disk's serial number.</summary>
    private static byte[] IdOf(int index)
    {
        var name = "lamina-disk"u8;
        byte[] id = new byte[name.Length + 1];
        name.CopyTo(id);
        id[^1] = (byte)('0' + index);
        return id;
    }
}
