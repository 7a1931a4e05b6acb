using Lamina.Core;
using Lamina.Devices;

namespace Lamina.Boot;

/// <summary>A VM of the manifest as it lives: its vCPUs and memory, its virtual PC, and what it is started from, again after each reset.</summary>
internal sealed class ServiceVm(VirtualMachine machine, GuestPlatform platform, BootProtocol protocol, BootFiles files, RestartPolicy restart)
{
    /// <summary>The VM.</summary>
    public VirtualMachine Machine { get; } = machine;

    /// <summary>Its devices.</summary>
    public GuestPlatform Platform { get; } = platform;

    /// <summary>What is to be done when it fails.</summary>
    public RestartPolicy Restart { get; } = restart;

    /// <summary>
    /// Power-on: devices and vCPUs as after RESET, the kernel loaded, the guest's TSC at 0. The VM's host table must be loaded. Empty when it runs, else
    /// what is wrong, in words.
    /// </summary>
    public string Start()
    {
        Platform.Reset();
        foreach (var vcpu in Machine.Vcpus) vcpu.Reset();
        if (!Platform.TryWriteAcpiTables())
        {
            Stop();
            return "it has too little memory for its ACPI tables; give it 2 MiB or more";
        }
        var result = GuestLoader.Load(protocol, files, Machine.Memory, GuestAcpiTables.RsdpAddress, Machine.Vcpus[0].State);
        if (result != LoadResult.Loaded)
        {
            Stop();
            return GuestLoader.Explain(result);
        }
        Machine.Clock.Restart();
        foreach (var vcpu in Machine.Vcpus) vcpu.State.TscOffset = Machine.Clock.Offset;
        return "";
    }

    /// <summary>It runs no more; its deadlines are withdrawn.</summary>
    public void Stop()
    {
        Platform.Reset();
        foreach (var vcpu in Machine.Vcpus)
        {
            vcpu.Apic.Reset();
            vcpu.Activity = VcpuActivity.Stopped;
        }
    }
}
