using System;
using Lamina.Core;
using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>Plants the fault that the boot parameter <c>plant=</c> asks for in a VM that is built.</summary>
internal sealed class FaultPlanter(BootParameters parameters, Log log)
{
    // In a virtio device of the VM that is built now.
    private bool _isPlanted;

    /// <summary>What the dispatcher is given to answer CPUID with: nothing, where a fault is to be planted in the dispatcher itself.</summary>
    public GuestCpuid CpuidFor(ReadOnlySpan<byte> vm, GuestCpuid cpuid) =>
        IsFor(vm) && parameters.PlantDevice.SequenceEqual("dispatcher"u8) ? null! : cpuid;

    /// <summary>Puts a <see cref="PlantedFault"/> in the place of the device, when the VM has all of its devices: a virtio device is planted in by <see cref="FunctionOf"/>.</summary>
    public void PlantIn(VirtualMachine machine, ReadOnlySpan<byte> vm)
    {
        bool isPlanted = _isPlanted;
        _isPlanted = false;
        if (!IsFor(vm) || isPlanted || parameters.PlantDevice.SequenceEqual("dispatcher"u8)) return;
        var device = machine.Ports.Find(parameters.PlantDevice) ?? machine.Mmio.Find(parameters.PlantDevice);
        if (device is null)
        {
            log.Warning(machine.Name).Text(": has no device to plant a fault in: ").Text(parameters.PlantDevice).End();
            return;
        }
        var planted = new PlantedFault(device.Name, parameters);
        machine.Ports.TryReplace(device, planted);
        machine.Mmio.TryReplace(device, planted);
    }

    /// <summary>The function of a virtio device, which faults when it is next notified if it is to.</summary>
    public VirtioPciFunction FunctionOf(ReadOnlySpan<byte> vm, VirtioDevice device, InterruptBus bus)
    {
        if (!IsFor(vm) || !Device.IsName(device.Name, parameters.PlantDevice)) return new VirtioPciFunction(device, bus);
        _isPlanted = true;
        return new PlantedFunction(device, bus, parameters);
    }

    private bool IsFor(ReadOnlySpan<byte> vm) => parameters.HasPlant && parameters.PlantVm.SequenceEqual(vm);
}
