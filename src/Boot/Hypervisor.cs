using System;
using Lamina.Core;
using Lamina.Host;
using Lamina.Svm;
using Lamina.Vmx;

namespace Lamina.Boot;

/// <summary>The one place where all is put together: manifest, processor backend, VMs, the loop.</summary>
internal static class Hypervisor
{
    private const ulong Kibibyte = 1024;

    /// <summary>The stack of this CPU's loop is the first that was made.</summary>
    private const int LoopStack = 0;

    /// <summary>Runs the manifest's VMs until every one has ended, then turns the machine off.</summary>
    /// <param name="info">What came along.</param>
    /// <param name="host">The machine, taken over.</param>
    public static void Run(BootInfo info, HostMachine host)
    {
        var log = host.Log;
        if (info.Problem.Length != 0) Refuse(host, info.Problem);
        var manifest = ReadManifest(info, host);

        var processor = ChooseBackend(host);
        if (processor.TryEnable(host.Cpu, host.Memory) is { } obstacle) Refuse(host, obstacle);
        log.Info(processor.Name).Text(": ").Text(processor.Describe()).End();

        var wires = Wires.TryCreate(manifest, host.Memory, host.TscFrequency);
        if (wires is null) Refuse(host, "there is not enough memory for the wires between the VMs");
        var random = HardwareRandom.TryFind(host.Features);
        log.Info("random numbers: ").Text(random?.Description ?? "this CPU has no RDRAND and no RDSEED: VMs get no virtio-rng").End();
        var builder = new VirtualMachineBuilder(
            host.Cpu, host.TscFrequency, host.Memory, host.AddressSpace, processor, wires!, random, new FaultPlanter(host.Parameters, log), log);
        var actions = new MachineActions(host.Parameters);
        var homes = MakeHomes(host, manifest, processor);
        var vms = BuildVms(info, host, manifest, builder, actions, homes, wires!);
        var plans = new VmPlan[vms.Length];
        foreach (var vm in vms) plans[vm.Index] = VmPlan.Of(vm.Description, vms.Length, host.TscFrequency);
        var supervisor = new Supervisor(
            log, homes, builder, host.Memory, vms, new VmLives(plans, host.TscFrequency), host.TscFrequency, info.EntryTimestamp);
        actions.Supervisor = supervisor;

        log.Info("hypervisor memory: ").Decimal(host.Memory.OwnBytes / Kibibyte).Text(" KiB of its own").End();
        log.Info("first guest instruction ").Decimal(host.Cpu.ReadTsc() - info.EntryTimestamp).Text(" ticks after entry").End();
        foreach (var home in homes)
            if (!home.IsFirst) home.Start(processor, supervisor);
        // From here on nothing may be allocated, on any CPU, but by whoever builds a VM: an exit that did would be a bug, and ends its VM with a report.
        VmArena.TrapOutside(true);
        processor.RunLoop(host.Cpu, homes[0].Scheduler, supervisor);
        VmArena.TrapOutside(false);

        log.Info("deepest stack: ").Decimal(host.Stacks.DeepestUse(LoopStack)).Text(" of ").Decimal(MemoryPlan.CpuStackSize).Text(" bytes").End();
        log.Info("every VM has ended; switching the machine off").End();
        host.Serial.Drain();
        host.Power.PowerOff();
        log.Warning("this machine cannot switch itself off: it may be switched off now").End();
        host.Serial.Drain();
        Instructions.Halt();
    }

    private static ProcessorBackend ChooseBackend(HostMachine host)
    {
        ProcessorBackend svm = new SvmProcessorBackend(host.Parameters.OffersInterrupts), vmx = new VmxProcessorBackend(host.Parameters.UsesVirtualInterrupts);
        if (svm.IsPresent(host.Cpu)) return svm;
        if (!vmx.IsPresent(host.Cpu))
            Refuse(host, "this CPU has no AMD-V (CPUID 8000_0001 ECX bit 2 is clear) and no VT-x (CPUID 1 ECX bit 5 is clear); "
                + "Lamina needs an AMD CPU with AMD-V and nested paging, or an Intel CPU with VT-x and EPT");
        return vmx;
    }

    private static BootManifest ReadManifest(BootInfo info, HostMachine host)
    {
        if (info.FileCount == 0) Refuse(host, "there is no manifest: the first module, or \\lamina\\manifest.bin, must be a compiled one");
        var error = BootManifest.TryRead(ManifestBootFiles.Open(host.Memory, info.File(0)), out var manifest);
        if (error.IsError)
        {
            var line = host.Log.Error("manifest: ").Text(error.Message);
            if (error.Index >= 0) line.Text(" (number ").Decimal((ulong)error.Index).Text(", counted from 0)");
            line.End();
            Refuse(host, "the manifest is refused; nothing is started");
        }
        if (!new BootFileCheck(host).Check(manifest!, info)) Refuse(host, "the files that came along are not those of the manifest; nothing is started");
        return manifest!;
    }

    /// <summary>
    /// All CPUs on which VMs may live, this one first: of a core's threads one, unless the boot parameters say otherwise, as what runs on two of them can find out something of one another (L1TF, MDS, trained
    /// branches). Of another that has none it is said why.
    /// </summary>
    private static VmHome[] MakeHomes(HostMachine host, BootManifest manifest, ProcessorBackend processor)
    {
        var homes = new VmHome[host.Cpus.Length];
        int threadBits = host.Parameters.UsesAllThreads ? 0 : CpuTopology.ThreadBits(host.Cpu);
        int count = 0, spare = 0;
        foreach (var cpu in host.Cpus)
        {
            if (cpu != host.Cpu)
            {
                if (host.Parameters.UsesOneCpu) break;
                if (IsTaken(cpu.ApicId >> threadBits, threadBits, homes.AsSpan(0, count)))
                {
                    spare++;
                    continue;
                }
                if (!TryPrepare(cpu, host, manifest, processor)) continue;
            }
            var scheduler = new Scheduler(cpu, host.TscFrequency, manifest.VmCount * (int)ManifestRules.MaxVcpus);
            homes[count++] = new VmHome(cpu, scheduler, host.AddressSpace.Root);
        }
        Array.Resize(ref homes, count);
        if (spare != 0)
            host.Log.Info("VMs live on one thread of each core, on CPUs ").Cpus(NumbersOf(homes)).Text("; smt=1 has them live on ").Decimal((ulong)spare).Text(" more, whose VMs could spy on their neighbours'").End();
        return homes;
    }

    private static bool IsTaken(uint core, int threadBits, ReadOnlySpan<VmHome> homes)
    {
        foreach (var home in homes)
            if (home.Cpu.ApicId >> threadBits == core) return true;
        return false;
    }

    /// <summary>Turns virtualization on, on another CPU, and gives it what it needs to have VMs. False when it cannot have any: it has been said why.</summary>
    private static bool TryPrepare(HostCpu cpu, HostMachine host, BootManifest manifest, ProcessorBackend processor)
    {
        var program = new EnableProgram(processor, host.Memory);
        cpu.Start(program);
        if (program.Await() is { } obstacle)
        {
            host.Log.Warning("no VM can live on CPU ").Decimal((ulong)cpu.Index).Text(": ").Text(obstacle).End();
            return false;
        }
        cpu.Deadlines.MakeRoom(TakeOver.DeadlinesOf(manifest.VmCount));
        cpu.Containment = new FaultContainment(cpu, host.Memory, new RemoteLogReport(host.Log, host.Cpu));
        return true;
    }

    /// <summary>Builds all VMs. What only this machine can know to be wrong is said of each before anything is started.</summary>
    private static ServiceVm[] BuildVms(BootInfo info, HostMachine host, BootManifest manifest, VirtualMachineBuilder builder, HostKeyActions actions, VmHome[] homes, Wires wires)
    {
        var vms = new ServiceVm[manifest.VmCount];
        var consoles = MakeConsoles(host, manifest, actions);
        int[][] spread = Spread(manifest, homes);
        bool complete = true;
        for (int i = 0; i < vms.Length; i++)
        {
            var description = manifest.GetVm(i);
            if (spread[i].Length == 0)
            {
                complete = false;
                host.Log.Error(consoles[i].Name).Text(": no VM can live on any of its allowed-cpus ").Cpus(description.AllowedCpus)
                    .Text(", only on ").Cpus(NumbersOf(homes)).End();
                continue;
            }
            var places = new VmHome[description.VcpuCount];
            for (int vcpu = 0; vcpu < places.Length; vcpu++) places[vcpu] = homes[spread[i][vcpu]];
            var vm = new ServiceVm(i, consoles[i], description, new ManifestBootFiles(host.Memory, info, description), host, places, canMove: homes.Length > 1);
            vms[i] = vm;
            wires.Place(i, vm.Home.Cpu, host.Cpu);
            string problem = builder.Build(vm);
            if (problem.Length != 0)
            {
                complete = false;
                host.Log.Error(vm.Name).Text(": ").Text(problem).Text(" (it asks for ").Decimal(description.MemoryBytes / Kibibyte)
                    .Text(" KiB; ").Decimal(host.Memory.AvailableGuestRam / Kibibyte).Text(" KiB are free)").End();
                continue;
            }
            var line = host.Log.Info(vm.Name).Text(": ").Decimal(description.MemoryBytes / Kibibyte).Text(" KiB, ").Decimal((ulong)description.VcpuCount)
                .Text(description.VcpuCount == 1 ? " vCPU" : " vCPUs");
            if (homes.Length > 1) vm.WriteHomes(line);
            line.End();
        }
        if (!complete) Refuse(host, "not every VM of the manifest can be started on this machine; none is");
        return vms;
    }

    /// <summary>For each VM, the home of each of its vCPUs; none for one that is allowed no CPU that can have VMs.</summary>
    private static int[][] Spread(BootManifest manifest, VmHome[] homes)
    {
        var cpus = new int[homes.Length];
        for (int i = 0; i < cpus.Length; i++) cpus[i] = homes[i].Cpu.Index;
        var demands = new CpuDemand[manifest.VmCount];
        for (int i = 0; i < demands.Length; i++) demands[i] = new CpuDemand(manifest.GetVm(i));
        return VmSpread.Over(cpus, demands);
    }

    /// <summary>The CPUs that can have VMs, those that a manifest can name.</summary>
    private static CpuSet NumbersOf(VmHome[] homes)
    {
        ulong numbers = 0;
        foreach (var home in homes)
            if (home.Cpu.Index < CpuSet.NamedCpus) numbers |= 1UL << home.Cpu.Index;
        return new CpuSet(numbers);
    }

    /// <summary>Every VM's place at the serial port's switch. The boot parameters may say who has the keyboard; else the first with a console has it.</summary>
    private static VmConsole[] MakeConsoles(HostMachine host, BootManifest manifest, HostKeyActions actions)
    {
        var consoleSwitch = new ConsoleSwitch(host.Console, host.Log, actions, host.Cpu, host.TscFrequency, manifest.VmCount);
        var consoles = new VmConsole[manifest.VmCount];
        for (int i = 0; i < consoles.Length; i++) consoles[i] = consoleSwitch.Add(NameOf(manifest.GetVm(i)))!;
        host.Serial.Input = consoleSwitch;

        ReadOnlySpan<byte> wanted = host.Parameters.Console;
        if (wanted.Length == 0) return consoles;
        if (consoleSwitch.Find(wanted) is { } chosen) consoleSwitch.GiveKeyboard(chosen, host.Parameters.ConsoleIsBare);
        else host.Log.Warning("boot parameter console: no VM of the manifest has the name ").Text(wanted).End();
        return consoles;
    }

    private static string NameOf(in VmDescription description)
    {
        Span<char> name = stackalloc char[ManifestRules.MaxVmNameLength];
        for (int i = 0; i < description.Name.Length; i++) name[i] = (char)description.Name[i];
        return new string(name[..description.Name.Length]);
    }

    /// <summary>Says why the machine cannot be used as it is, on every screen there is, and stays there (an emulator is ended). It does not return.</summary>
    private static void Refuse(HostMachine host, string problem)
    {
        host.Log.Error(problem).End();
        host.Serial.Drain();
        EmulatorExit.TryEnd(host.Parameters, EmulatorExit.Panic);
        Instructions.Halt();
    }
}
