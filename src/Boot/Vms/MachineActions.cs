using Lamina.Host;

namespace Lamina.Boot;

/// <summary>What the host key can do to the machine's VMs: say how they are, end them all.</summary>
internal sealed class MachineActions(BootParameters parameters) : HostKeyActions
{
    /// <summary>Who lets the VMs live; set before the loop runs.</summary>
    public Supervisor? Supervisor { get; set; }

    /// <summary>An emulator's machine is started again in a moment; another's user may have met the key by mistake.</summary>
    public override bool AsksBeforePowerOff => parameters.DebugExitPort == 0 && !parameters.HasBochsShutdown;

    /// <inheritdoc/>
    public override string StateOf(VmConsole console) => Supervisor?.StateOf(console.Number - 1) ?? "starts";

    /// <summary>As if each VM had been switched off, for good: the loop then finds none that lives, and switches the machine off.</summary>
    public override void PowerOff() => Supervisor?.EndAll();
}
