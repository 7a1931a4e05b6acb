using System;
using System.Runtime;
using System.Runtime.CompilerServices;
using Lamina.Core;
using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// Takes the machine over from whatever started the image: our page tables and stack, descriptor tables, interrupts, time; then the hypervisor runs. What
/// cannot be gone on without is told on the serial port and the screen, and ends the machine.
/// </summary>
internal static unsafe class TakeOver
{
    // All deadlines that one CPU can have at once: those of a VM's devices, its APIC timer and the unfinished line of its console, for as many VMs as a
    // manifest may have, and those by which a console on another CPU is read and typed at; the end of a turn, the serial port's retry, the console switch's work, the supervisor's alarm, and the hypervisor's own line. A queue that is full would lose one.
    private const int DeadlinesPerVm =
        GuestPlatform.Deadlines + (int)ManifestRules.MaxVcpus + 3 + ManifestRules.MaxInterfacesPerVm * VirtioNet.Deadlines;
    private const int DeadlinesOfCpu = 5;

    private const ulong PartialLinesPerSecond = 20;
    private const string NoMemory = "there is too little memory for the hypervisor itself";

    // What goes from the first stack to the second: statics, as nothing on the first one is there any more.
    private static BootInfo s_info = null!;
    private static BootParameters s_parameters = null!;
    private static ConsoleMultiplexer s_console = null!;
    private static SerialPort? s_port;
    private static SerialConsole s_serial = null!;
    private static Log s_log = null!;
    private static ProcessorFeatures s_features = null!;
    private static HypervisorMemory s_memory = null!;
    private static HostAddressSpace s_space = null!;
    private static HostStacks s_stacks = null!;
    private static ulong s_identityLimit;

    /// <summary>How many deadlines a CPU can have at once that has so many VMs.</summary>
    public static int DeadlinesOf(int vms) => vms * DeadlinesPerVm + DeadlinesOfCpu;

    /// <summary>Takes over, on the stack of the way in. It does not return.</summary>
    public static void Run(BootInfo info)
    {
        s_info = info;
        s_parameters = new BootParameters(info.Parameters, info.Way == BootWay.Multiboot1);
        s_port = SerialPort.Open(s_parameters.SerialPort);
        s_console = new ConsoleMultiplexer();
        s_serial = new SerialConsole(s_port, s_console.Ring);
        s_console.Output = s_serial;
        s_log = new Log(s_console) { Level = s_parameters.LogLevel };
        Greet();

        if (!info.Complete() || info.Memory.Count == 0)
            Fail(info.Problem.Length != 0 ? info.Problem : "firmware's memory map has more ranges than fit");
        s_features = new ProcessorFeatures();
        if (ProcessorSetup.Refusal(s_features) is { } refusal)
            Fail(refusal);

        s_identityLimit = info.Way == BootWay.Uefi ? MemoryPlan.PhysicalWindowSize : IdentityBytes.MultibootLimit;
        s_memory = new HypervisorMemory(info.Memory, s_identityLimit, info.ImageAddress, info.ImageLength);
        ImageHeader.TryOpen(new ReadOnlySpan<byte>((void*)MemoryPlan.Image, ImageHeader.Size), out ImageHeader image);
        HostAddressSpace? space = HostAddressSpace.Create(s_memory, s_features.HasHugePages, image, info.ImageAddress);
        if (space == null)
            Fail(NoMemory);
        s_space = space!;
        s_stacks = new HostStacks();
        ulong stack = s_stacks.Make(s_space, MemoryPlan.CpuStackSize);
        if (stack == 0)
            Fail(NoMemory);
        ProcessorSetup.PrepareControlRegisters(s_features);
        Enter(s_space.Root, stack);
    }

    // On our own stack, with our own page tables. Nothing of the way in is mapped any more.
    [RuntimeExport("BootGoOn")]
    private static void GoOn()
    {
        s_memory.LeaveIdentityMap(s_info.Memory, s_identityLimit);
        if (!s_space.TryReserve(s_info.Memory.FreeEnd))
            Fail(NoMemory);
        if (DescriptorTables.TryCreate(s_memory, s_space, s_stacks) is not { } tables)
        {
            Fail(NoMemory);
            return;
        }

        tables.Load();
        var report = new FaultReport(s_stacks, s_info.ImageLength);
        Panic.Prepare(new PanicConsole(s_serial, s_port), report, s_parameters);
        SetFaultSink(&Panic.OnFault);
        s_serial.Screen = ScreenConsole.Open(s_space, s_info.Framebuffer);
        LegacyInterrupts.Quiet();
        int stopped = PciConfiguration.StopBusMasters();
        s_log.Debug("bus mastering taken from ").Decimal((ulong)stopped).Text(" PCI devices").End();

        HostApic? apic = HostApic.TakeOver(s_space);
        if (apic == null)
            Fail(NoMemory);
        var acpi = new AcpiDescription(s_info.AcpiRootPointer, new FirmwareMemory(s_space, s_info.Memory));
        var power = new PowerControl(acpi, s_parameters, s_space);
        ulong frequency = MeasureTsc(acpi);
        var timer = new HostTimer(apic!, s_features.HasTscDeadline, frequency);
        var cpu = new HostCpu(0, apic!, apic!.Id, timer, DeadlinesOf(ManifestRules.MaxVms), s_features.HasBranchBarrier, report);
        tables.Assign(cpu);
        var waking = new WakingInterrupt(apic!);
        InterruptDispatcher.SetHandler(InterruptVector.Timer, waking);
        InterruptDispatcher.SetHandler(InterruptVector.Mail, waking);
        if (s_port != null)
        {
            InterruptDispatcher.SetHandler(InterruptVector.LegacyFirst + SerialInterrupt.Line, new SerialInterrupt(s_serial));
            LegacyInterrupts.Unmask(SerialInterrupt.Line);
        }

        for (int i = 0; i < s_info.FileCount; i++)
        {
            if (s_info.File(i).Length != 0 && !s_space.TryMapReadOnly(s_info.File(i).Address, s_info.File(i).Length, out _))
                Fail(NoMemory);
        }

        var machine = new HostMachine
        {
            Parameters = s_parameters,
            Console = s_console,
            Log = s_log,
            Serial = s_serial,
            Features = s_features,
            Memory = s_memory,
            AddressSpace = s_space,
            Stacks = s_stacks,
            Acpi = acpi,
            Apic = apic!,
            TscFrequency = frequency,
            Cpu = cpu,
            Power = power,
        };
        Report(machine);
        machine.Cpus = ProcessorStarter.StartAll(machine, timer, s_info.Memory, s_info.ImageLength);
        Panic.Prepare(machine.Cpus);
        s_log.Info("CPUs: ").Decimal((ulong)machine.Cpus.Length).End();
        s_console.Start(cpu, frequency / PartialLinesPerSecond);
        s_serial.Start(cpu, frequency);
        cpu.Containment = new FaultContainment(cpu, s_memory, new LogReport(s_log));
        FaultTests.Run(s_parameters.Test);
        FaultTests.RunWithCpus(s_parameters.Test, machine.Cpus);
        Hypervisor.Run(s_info, machine);
        Panic.Stop("the hypervisor's loop has ended");
    }

    private static void Greet()
    {
        s_log.Info("Lamina 0.1.0, by ").Text(s_info.Way switch
        {
            BootWay.Uefi => "UEFI",
            BootWay.Multiboot1 => "multiboot",
            _ => "multiboot2",
        }).Text(", image at ").Hex(s_info.ImageAddress).End();
        for (int i = 0; i < s_parameters.UnknownWordCount; i++)
            s_log.Warning("boot parameter not known, or its value is impossible: ").Text(s_parameters.UnknownWord(i)).End();
    }

    private static ulong MeasureTsc(AcpiDescription acpi)
    {
        ReferenceTimer timer = HighPrecisionTimer.Open(s_space, acpi.HpetAddress)
            ?? (ReferenceTimer?)PowerManagementTimer.Open(acpi.Fixed)
            ?? new IntervalTimer();
        bool agreed = TscCalibration.TryMeasure(timer, out ulong frequency);
        if (frequency == 0 && timer is not IntervalTimer)
        {
            s_log.Warning("the timer stands still: ").Text(timer.Name).End();
            timer = new IntervalTimer();
            agreed = TscCalibration.TryMeasure(timer, out frequency);
        }

        if (frequency == 0)
            Fail("the time stamp counter could not be measured: no timer of this machine runs");
        s_log.Info("TSC: ").Decimal(frequency / 1000).Text(" kHz, against the ").Text(timer.Name)
            .Text(s_features.HasInvariantTsc ? "" : "; CPUID does not call it invariant").End();
        if (!agreed)
            s_log.Warning("the measurements of the TSC do not agree with each other; time may be off").End();
        ulong claimed = s_features.ClaimedTscFrequency;
        if (claimed != 0 && Math.Max(claimed, frequency) - Math.Min(claimed, frequency) > frequency / 100)
            s_log.Warning("CPUID claims a TSC of ").Decimal(claimed / 1000).Text(" kHz; the measured one is used").End();
        return frequency;
    }

    private static void Report(HostMachine machine)
    {
        const ulong kibibyte = 1024;
        Log log = machine.Log;
        for (int i = 0; i < s_info.Memory.Count; i++)
        {
            MemoryRange range = s_info.Memory[i];
            log.Debug("memory ").Hex(range.Base, 12).Text(" to ").Hex(range.End - 1, 12).Text(" kind ").Decimal((ulong)range.Kind).End();
        }

        log.Info("memory: ").Decimal(machine.Memory.AvailableGuestRam / kibibyte).Text(" KiB for guests").End();
        log.Info("ACPI: ").Text(machine.Acpi.IsPresent ? "yes" : "none").Text("; power-off: ").Text(machine.Power.Describe()).End();
        log.Info("branch predictors: ").Text(machine.Features.HasBranchBarrier
            ? "fenced when the CPU changes VM (IBPB)" : "not fenced, this CPU has no IBPB").End();
        log.Info("local APIC ").Decimal(machine.Apic.Id).Text(machine.Apic.IsX2Apic ? ", x2APIC" : ", xAPIC")
            .Text(machine.Features.HasTscDeadline ? ", TSC-deadline timer" : ", counting timer").End();
    }

    // Before our own page tables are loaded the screen is where firmware has it, mapped to itself.
    private static void Fail(string problem)
    {
        if (s_serial.Screen == null && s_stacks == null && s_info.Framebuffer.Format != PixelFormat.None)
            s_serial.Screen = new ScreenConsole((byte*)s_info.Framebuffer.Address, s_info.Framebuffer);
        s_log.Error(problem).End();
        s_serial.Drain();
        EmulatorExit.TryEnd(s_parameters, EmulatorExit.Panic);
        Instructions.Halt();
    }

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "BootEnter")]
    private static extern void Enter(ulong root, ulong stackTop);

    [MethodImpl(MethodImplOptions.InternalCall)]
    [RuntimeImport("*", "FaultSetSink")]
    private static extern void SetFaultSink(delegate*<int, string?, void> sink);
}
