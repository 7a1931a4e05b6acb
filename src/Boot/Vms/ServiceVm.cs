using Lamina.Core;
using Lamina.Devices;
using Lamina.Host;

namespace Lamina.Boot;

/// <summary>A VM of the manifest as it lives: its vCPUs and memory, its virtual PC, and what it is started from, again after each reset.</summary>
internal sealed class ServiceVm(
    VirtualMachine machine, GuestPlatform platform, VmConsole console, BootProtocol protocol, BootFiles files, RestartPolicy restart)
{
    /// <summary>The VM.</summary>
    public VirtualMachine Machine { get; } = machine;

    /// <summary>Its devices.</summary>
    public GuestPlatform Platform { get; } = platform;

    /// <summary>Its place at the serial port.</summary>
    public VmConsole Console { get; } = console;

    /// <summary>Whether it can run: it has not ended.</summary>
    public bool IsAlive
    {
        get
        {
            foreach (var vcpu in Machine.Vcpus)
                if (vcpu.Activity != VcpuActivity.Stopped) return true;
            return false;
        }
    }

    /// <summary>What is to be done when it fails.</summary>
    public RestartPolicy Restart { get; } = restart;

    /// <summary>How often in a row it stopped within a second of its start: a VM that cannot live is not started for ever.</summary>
    public int ShortLives { get; private set; }

    /// <summary>It has stopped; counts whether that was too soon.</summary>
    public void NoteStop() => ShortLives = Machine.Clock.Now < Machine.Clock.Frequency ? ShortLives + 1 : 0;

    /// <summary>
    /// Power-on: devices and vCPUs as after RESET, the kernel loaded, the clock at 0 when its first turn begins. The VM's host table must be loaded. Empty when it runs, else
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
        Machine.StopClock();
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
