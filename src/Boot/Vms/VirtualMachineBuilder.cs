using System;
using Lamina.Core;
using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// Builds VMs of the manifest, each in its arena, in bounded steps: memory and tables, its clearing, then vCPUs, devices and the kernel. On the supervisor's CPU, at boot and
/// between turns; the VM may live on another.
/// </summary>
internal sealed class VirtualMachineBuilder(
    Cpu cpu, ulong tscFrequency, HostMemory memory, HostAddressSpace hostTables, ProcessorBackend backend, Wires wires, RandomSource? random, FaultPlanter planter, Log log)
{
    private const ulong Kibibyte = 1024;

    /// <summary>Builds a VM at one go, as at boot, when nobody waits. Empty when it can be started, else the problem in words; it holds nothing then.</summary>
    public string Build(ServiceVm vm)
    {
        string problem = Reserve(vm);
        if (problem.Length != 0) return problem;
        while (ClearSome(vm)) { }
        problem = Complete(vm);
        return problem;
    }

    /// <summary>The first step: its arena, RAM and tables. Empty, or the problem in words; it holds nothing then.</summary>
    public string Reserve(ServiceVm vm)
    {
        if (!vm.Arena.TryAllocate(vm.Description)) return "there is not enough memory for its virtual hardware";
        vm.Arena.Enter();
        vm.Ram = GuestRam.TryCreate(memory, hostTables, backend, GuestMemoryMap.RamOf(vm.Description.MemoryBytes), out string problem);
        VmArena.Leave();
        if (vm.Ram is null) vm.Free();
        return problem;
    }

    /// <summary>Clears a part of its RAM; false when all is cleared.</summary>
    public bool ClearSome(ServiceVm vm)
    {
        cpu.LoadAddressSpace(vm.Ram!.HostRoot);
        return vm.Ram.ClearSome();
    }

    /// <summary>The last step: all of it is made and the kernel is loaded. (One step, however long the kernel is: a shortcut, as docs/caveats.md says.) Empty, or the problem.</summary>
    public string Complete(ServiceVm vm)
    {
        cpu.LoadAddressSpace(vm.Ram!.HostRoot);
        vm.Arena.Enter();
        string problem = Make(vm);
        VmArena.Leave();
        log.Debug(vm.Name).Text(": ").Decimal(vm.Arena.UsedBytes / Kibibyte).Text(" of ").Decimal(vm.Arena.Size / Kibibyte).Text(" KiB of its arena used").End();
        return problem.Length == 0 ? vm.PowerOn() : problem;
    }

    /// <summary>Gives back what a VM holds that is not attached to anything: its host table is left first.</summary>
    public void Free(ServiceVm vm)
    {
        cpu.LoadAddressSpace(hostTables.Root);
        vm.Free();
    }

    private string Make(ServiceVm vm)
    {
        ref readonly var description = ref vm.Description;
        var ram = vm.Ram!;
        long epochSeconds = RealTimeClock.ReadUnixSeconds();
        var clock = new GuestClock(vm.Home.Cpu, tscFrequency);
        clock.SetWallClock((ulong)epochSeconds);
        var cpuid = new GuestCpuid(cpu, description.VcpuCount, tscFrequency, backend.Withheld);
        var machine = new VirtualMachine(vm.Name, vm.Home.Cpu, ram.Memory, ram.AddressSpace, clock, planter.CpuidFor(description.Name, cpuid), ram.HostRoot);

        var vcpus = new VirtualCpu[description.VcpuCount];
        for (int i = 0; i < vcpus.Length; i++)
        {
            var state = backend.CreateVcpuState(cpu, memory, ram.AddressSpace);
            if (state is null)
            {
                while (--i >= 0) vcpus[i].State.Free();
                return "there is not enough memory for its vCPUs";
            }
            vcpus[i] = new VirtualCpu(machine, i, state) { Cpu = vm.VcpuHomes[i].Cpu };
            vcpus[i].Share.Weight = description.Weight;
            vcpus[i].Share.CapPercent = description.CapPercent;
        }
        machine.Attach(vcpus);
        vm.Attach(machine);

        var platform = new GuestPlatform(machine, vm.Output, epochSeconds);
        if (!platform.IsComplete) return "two of its devices want the same port or address";
        vm.Attach(platform);
        string problem = VmDevices.PlugIn(vm, machine, platform, memory, wires, random, planter);
        planter.PlantIn(machine, description.Name);
        return problem;
    }
}
