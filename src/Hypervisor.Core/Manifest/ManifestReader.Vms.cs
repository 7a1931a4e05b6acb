using System;
using System.Numerics;

namespace Lamina.Core;

/// <summary>The check of the VMs, and of the order in which they start.</summary>
internal readonly ref partial struct ManifestReader
{
    private VmRecord Vm(uint index) => Read<VmRecord>(_data, _layout.Vm(index));

    private ManifestError CheckVms()
    {
        uint interfaces = 0;
        for (uint i = 0; i < _header.VmCount; i++)
        {
            VmRecord vm = Vm(i);
            if (!TryGetString(vm.Name, out ReadOnlySpan<byte> name) || !ManifestRules.IsVmName(name))
                return new ManifestError(ManifestFault.VmName, (int)i);
            for (uint before = 0; before < i; before++)
            {
                // Those before have been checked: their strings are there.
                TryGetString(Vm(before).Name, out ReadOnlySpan<byte> other);
                if (ManifestRules.AreEqual(name, other))
                    return new ManifestError(ManifestFault.DuplicateVm, (int)i);
            }

            ManifestFault fault = CheckVm(vm);
            if (fault == ManifestFault.None)
                fault = CheckLife(vm);
            if (fault == ManifestFault.None)
                fault = CheckDevices(vm, interfaces);
            if (fault == ManifestFault.None && !IsAfterOthers(vm.After, i))
                fault = ManifestFault.VmAfter;
            if (fault != ManifestFault.None)
                return new ManifestError(fault, (int)i);
            interfaces += vm.InterfaceCount;
        }

        // Each interface is one VM's: what is left over would be checked as nobody's.
        return interfaces == _header.InterfaceCount ? CheckOrder() : new ManifestError(ManifestFault.InterfaceCount);
    }

    private ManifestFault CheckVm(in VmRecord vm)
    {
        if (!ManifestRules.IsMemorySize(vm.MemoryBytes))
            return ManifestFault.VmMemory;
        if (vm.VcpuCount is 0 or > ManifestRules.MaxVcpus)
            return ManifestFault.VmVcpus;
        if (vm.Protocol is < BootProtocol.Linux or > BootProtocol.Multiboot)
            return ManifestFault.VmProtocol;
        if (vm.KernelFile >= _header.FileCount)
            return ManifestFault.VmKernel;
        if (!TryGetString(vm.CommandLine, out _))
            return ManifestFault.VmCommandLine;
        if (vm.ModuleCount > ManifestRules.MaxModulesPerVm
            || vm.FirstModule > _header.ModuleCount || vm.ModuleCount > _header.ModuleCount - vm.FirstModule)
            return ManifestFault.VmModules;
        return vm.Console > ConsoleKind.Virtio ? ManifestFault.VmConsole : ManifestFault.None;
    }

    private static ManifestFault CheckLife(in VmRecord vm)
    {
        if (vm.Restart > RestartPolicy.Always)
            return ManifestFault.VmRestart;
        if (vm.BackOffMilliseconds is < ManifestRules.MinBackOffMilliseconds or > ManifestRules.MaxBackOffMilliseconds)
            return ManifestFault.VmBackOff;
        if (vm.Weight is < (ushort)ManifestRules.MinWeight or > (ushort)ManifestRules.MaxWeight)
            return ManifestFault.VmWeight;
        if (vm.CapPercent > ManifestRules.MaxCapPercent)
            return ManifestFault.VmCap;
        if (vm.AllowedCpus == 0)
            return ManifestFault.VmAllowedCpus;
        if (vm.Ready > ReadyKind.Told)
            return ManifestFault.VmReady;
        bool isTimely = vm.Ready == ReadyKind.Started
            ? vm.ReadyWithinMilliseconds == 0
            : vm.ReadyWithinMilliseconds is >= ManifestRules.MinReadyWithinMilliseconds and <= ManifestRules.MaxReadyWithinMilliseconds;
        return isTimely ? ManifestFault.None : ManifestFault.VmReadyWithin;
    }

    private ManifestFault CheckDevices(in VmRecord vm, uint firstInterface)
    {
        if (vm.Rng > 1)
            return ManifestFault.VmRng;
        if (vm.DiskCount > ManifestRules.MaxDisksPerVm || vm.FirstDisk > _header.DiskCount || vm.DiskCount > _header.DiskCount - vm.FirstDisk)
            return ManifestFault.VmDisks;
        return vm.InterfaceCount > ManifestRules.MaxInterfacesPerVm || vm.FirstInterface != firstInterface
            || vm.InterfaceCount > _header.InterfaceCount - firstInterface
            ? ManifestFault.VmInterfaces
            : ManifestFault.None;
    }

    /// <summary>Whether VM <paramref name="index"/> starts after VMs that there are, and not after itself.</summary>
    private bool IsAfterOthers(ulong after, uint index)
    {
        ulong others = (ulong.MaxValue >> (ManifestRules.MaxVms - (int)_header.VmCount)) & ~(1UL << (int)index);
        return (after & ~others) == 0;
    }

    /// <summary>Lets each VM start, in thought, when all that it comes after have started. Those that never do wait for each other.</summary>
    private ManifestError CheckOrder()
    {
        ulong all = ulong.MaxValue >> (ManifestRules.MaxVms - (int)_header.VmCount);
        ulong started = 0;
        ulong before;
        do
        {
            before = started;
            for (uint i = 0; i < _header.VmCount; i++)
            {
                if ((Vm(i).After & ~started) == 0)
                    started |= 1UL << (int)i;
            }
        }
        while (started != before);

        if (started == all)
            return default;
        // Whoever waits, waits for one that waits: after as many steps as there are VMs, the way has come to the cycle.
        uint waiting = FirstOf(all & ~started);
        for (uint step = 0; step < _header.VmCount; step++)
            waiting = FirstOf(Vm(waiting).After & ~started);
        return new ManifestError(ManifestFault.VmAfterCycle, (int)waiting);
    }

    private static uint FirstOf(ulong vms) => (uint)BitOperations.TrailingZeroCount(vms);
}
