namespace Lamina.Host;

/// <summary>The machine, taken over: all that the hypervisor is put together from. Made once, at boot, by Boot's TakeOver.</summary>
public sealed class HostMachine
{
    /// <summary>The boot parameters.</summary>
    public required BootParameters Parameters { get; init; }

    /// <summary>The stream of the log and all consoles; VMs add theirs.</summary>
    public required ConsoleMultiplexer Console { get; init; }

    /// <summary>The hypervisor's own log.</summary>
    public required Log Log { get; init; }

    /// <summary>The serial port; its input goes to the console switch, once there is one.</summary>
    public required SerialConsole Serial { get; init; }

    /// <summary>What the CPUs can do.</summary>
    public required ProcessorFeatures Features { get; init; }

    /// <summary>The machine's memory.</summary>
    public required HypervisorMemory Memory { get; init; }

    /// <summary>The host's page tables.</summary>
    public required HostAddressSpace AddressSpace { get; init; }

    /// <summary>The stacks.</summary>
    public required HostStacks Stacks { get; init; }

    /// <summary>What ACPI says.</summary>
    public required AcpiDescription Acpi { get; init; }

    /// <summary>The local APIC of whichever CPU calls.</summary>
    public required HostApic Apic { get; init; }

    /// <summary>The TSC's ticks a second, in Hz, as measured.</summary>
    public required ulong TscFrequency { get; init; }

    /// <summary>The CPU that booted.</summary>
    public required HostCpu Cpu { get; init; }

    /// <summary>All CPUs that have come up, that one first.</summary>
    public HostCpu[] Cpus { get; set; } = [];

    /// <summary>Power-off and reset.</summary>
    public required PowerControl Power { get; init; }
}
