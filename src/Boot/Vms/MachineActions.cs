using Lamina.Host;

namespace Lamina.Boot;

/// <summary>What the host key can do to the machine's VMs: say how they are, end them all.</summary>
internal sealed class MachineActions(BootParameters parameters) : HostKeyActions
{
    /// <summary>Who lets the VMs live, once there is one: keys come later than that.</summary>
    public Supervisor? Supervisor { get; set; }

    /// <summary>An emulator's machine is started again in a moment; another's user may have met the key by mistake.</summary>
    public override bool AsksBeforePowerOff => parameters.DebugExitPort == 0 && !parameters.HasBochsShutdown;

    /// <inheritdoc/>
    public override string StateOf(VmConsole console) => Supervisor?.StateOf(console.Number - 1) switch
    {
        VmState.Waiting => "waits for another VM",
        VmState.Starting => "is being built",
        VmState.Running => "runs and is not ready yet",
        VmState.Ready => "runs",
        VmState.Ending => "is ending",
        VmState.BackingOff => "is started again in a while",
        VmState.Ended => "has ended",
        VmState.Failed => "has failed",
        _ => "is there",
    };

    /// <inheritdoc/>
    public override void WriteTimes(LogLine line, VmConsole console, ulong now)
    {
        if (Supervisor?.MachineOf(console.Number - 1) is { } machine) VmReport.WriteTimes(line.Text("; "), machine, now);
    }

    /// <inheritdoc/>
    public override void PowerOff() => Supervisor?.SwitchOff();
}
