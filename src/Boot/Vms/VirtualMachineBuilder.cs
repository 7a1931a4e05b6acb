using System;
using Lamina.Core;
using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>
/// Builds the VMs of a manifest: memory, second-level tables, vCPUs, devices, kernel. At boot, on the CPU that will run them; it allocates.
/// </summary>
internal sealed class VirtualMachineBuilder(
    Cpu cpu, ulong tscFrequency, HostMemory memory, HostAddressSpace hostTables, ProcessorBackend backend, long epochSeconds)
{
    /// <summary>
    /// Builds one VM and loads its kernel; its host table is loaded on return. Null, with the problem in words, when it cannot be.
    /// </summary>
    public ServiceVm? TryBuild(in VmDescription description, VmConsole console, ManifestBootFiles files, ByteSink output, out string problem)
    {
        problem = "there is not enough memory for its page tables";
        var addressSpace = backend.CreateAddressSpace(memory);
        if (addressSpace is null) return null;

        var ram = GuestRam.TryCreate(memory, hostTables, addressSpace, GuestMemoryMap.RamOf(description.MemoryBytes), out problem);
        if (ram is null) return null;
        cpu.LoadAddressSpace(ram.HostRoot);
        ram.Clear();

        var clock = new GuestClock(cpu, tscFrequency);
        clock.SetWallClock((ulong)epochSeconds);
        var cpuid = new GuestCpuid(cpu, description.VcpuCount, tscFrequency, backend.Withheld);
        var machine = new VirtualMachine(console.Name, cpu, ram.Memory, addressSpace, clock, cpuid, ram.HostRoot);

        var vcpus = new VirtualCpu[description.VcpuCount];
        for (int i = 0; i < vcpus.Length; i++)
        {
            var state = backend.CreateVcpuState(cpu, memory, addressSpace);
            if (state is null)
            {
                problem = "there is not enough memory for its vCPUs";
                return null;
            }
            vcpus[i] = new VirtualCpu(machine, i, state);
        }
        machine.Attach(vcpus);

        var platform = new GuestPlatform(machine, output, epochSeconds);
        if (!platform.IsComplete)
        {
            problem = "two of its devices want the same port or address";
            return null;
        }
        if (VmDisks.TryPlugIn(machine, platform, description, files, memory, out problem) is null) return null;
        var vm = new ServiceVm(machine, platform, console, description.Protocol, files, description.Restart);
        problem = vm.Start();
        return problem.Length == 0 ? vm : null;
    }
}
