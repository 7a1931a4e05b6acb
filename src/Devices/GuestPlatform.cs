using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// All the hardware of a PC that a VM has beside its processors and memory: made once for a VM, when it is built and has its vCPUs, and put in its buses.
/// </summary>
public sealed class GuestPlatform
{
    /// <summary>The line of the ACPI system control interrupt, SCI: level-triggered, active high.</summary>
    public const int SciLine = 9;
    /// <summary>The line of the real-time clock.</summary>
    public const int ClockLine = 8;
    private const int KeyboardLine = 1;
    private const int AuxiliaryLine = 12;

    /// <summary>How many deadlines the devices of one VM have: what its CPU's queue must have room for.</summary>
    public const int Deadlines = 4;

    private const int MostIoApicIds = 16;

    private readonly VirtualMachine _machine;
    private readonly byte[]? _acpiTables;
    private readonly InterruptRouter _router;
    private readonly Device[] _devices;

    /// <summary>
    /// Makes the devices of <paramref name="machine"/> and registers them. What its serial port sends goes to <paramref name="console"/>; its real-time clock says
    /// <paramref name="epochSeconds"/> (since 1970, UTC) now.
    /// </summary>
    public GuestPlatform(VirtualMachine machine, ByteSink console, long epochSeconds)
    {
        _machine = machine;
        // An ID that no processor has, as long as four bits can say one.
        uint ioApicId = machine.Vcpus.Length < MostIoApicIds ? (uint)machine.Vcpus.Length : 0;
        _acpiTables = GuestAcpiTables.Build(machine.Vcpus.Length, ioApicId);

        var clock = machine.Clock;
        Pic = new Pic8259Pair(machine.Interrupts, SciLine);
        IoApic = new IoApic(machine.Interrupts, ioApicId);
        _router = new InterruptRouter(Pic, IoApic);
        machine.Interrupts.ExternalInterrupts = Pic.Output;
        machine.Interrupts.EndOfInterruptListener = IoApic.EndOfInterruptListener;

        Pit = new Pit8254(clock, Line(InterruptRouter.TimerLine));
        Cmos = new Cmos(clock, Line(ClockLine), epochSeconds, machine.Memory);
        Pm = new AcpiPm(clock, Line(SciLine), machine);
        Uart = new Uart16550(clock, Line(Uart16550.Com1Line), Uart16550.Com1, console);
        Pci = new PciHost();
        var ecam = new PciEcam(Pci);
        var keyboard = new KeyboardController(machine, Line(KeyboardLine), Line(AuxiliaryLine));
        var speaker = new SystemControlPort(Pit);
        var fastReset = new FastResetPort(machine);
        var delay = new DelayPorts();
        var reset = new ResetControl(machine);
        _devices = new Device[] { Pic, IoApic, Pit, Cmos, Pm, Uart, Pci, ecam, keyboard, speaker, fastReset, delay, reset };

        var ports = machine.Ports;
        IsComplete = Pic.TryRegister(ports) & IoApic.TryRegister(machine.Mmio) & Pit.TryRegister(ports) & Cmos.TryRegister(ports) & Pm.TryRegister(ports)
            & Uart.TryRegister(ports) & Pci.TryRegister(ports, machine.Mmio) & ecam.TryRegister(machine.Mmio) & keyboard.TryRegister(ports) & speaker.TryRegister(ports)
            & fastReset.TryRegister(ports) & delay.TryRegister(ports) & reset.TryRegister(ports);
        Reset();
    }

    /// <summary>Whether every device got its ports and memory. Not so only if the VM's buses were not empty.</summary>
    public bool IsComplete { get; }

    /// <summary>The 8259 pair.</summary>
    public Pic8259Pair Pic { get; }
    /// <summary>The I/O APIC.</summary>
    public IoApic IoApic { get; }
    /// <summary>The 8254.</summary>
    public Pit8254 Pit { get; }
    /// <summary>The real-time clock.</summary>
    public Cmos Cmos { get; }
    /// <summary>The ACPI fixed hardware, with the power button.</summary>
    public AcpiPm Pm { get; }
    /// <summary>COM1.</summary>
    public Uart16550 Uart { get; }
    /// <summary>The PCI bus.</summary>
    public PciHost Pci { get; }

    /// <summary>
    /// Plugs a function into the next free place of the PCI bus, and wires its interrupt pin: when the VM is built, before it starts. False when the bus is full.
    /// </summary>
    public bool TryPlugIn(PciFunction function)
    {
        int device = 1;
        while (device < PciHost.Devices && !Pci.IsFree(device)) device++;
        if (!Pci.TryAdd(device, function)) return false;
        if (function.InterruptPin != 0) function.Connect(Line(PciHost.LineOf(device, function.InterruptPin - 1)));
        function.Reset();
        return true;
    }

    /// <summary>A line of the board, by its GSI, for one more device.</summary>
    public InterruptLine Line(int number) => new(_router, number);

    /// <summary>
    /// RESET: all devices as at power-on, all lines at rest, all deadlines withdrawn; only the real-time clock goes on. The VM's clock may be set to 0 before
    /// or after.
    /// </summary>
    public void Reset()
    {
        _router.Reset();
        foreach (var device in _devices) device.Reset();
    }

    /// <summary>Writes the VM's ACPI tables, at each start anew: <see cref="GuestAcpiTables"/>. False when there is no RAM for them.</summary>
    public bool TryWriteAcpiTables() => _acpiTables is not null && _machine.Memory.TryWrite(GuestAcpiTables.RsdpAddress, _acpiTables);
}
