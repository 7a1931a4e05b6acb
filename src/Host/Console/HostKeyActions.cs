namespace Lamina.Host;

/// <summary>
/// What the host key asks of whoever runs the VMs. Called from a deadline, so on the exit way: nothing is allocated, nothing waits.
/// </summary>
public abstract class HostKeyActions
{
    /// <summary>Whether switching off is confirmed by another key: a machine that is not an emulator's.</summary>
    public abstract bool AsksBeforePowerOff { get; }

    /// <summary>What a VM does, in a word or two: "running", "ended", "waits for network". For the list.</summary>
    public abstract string StateOf(VmConsole console);

    /// <summary>Adds to a VM's line in the list how much of the CPUs' time it has had by <paramref name="now"/>, by the TSC; nothing for one that is not there.</summary>
    public abstract void WriteTimes(LogLine line, VmConsole console, ulong now);

    /// <summary>Ends all VMs and switches the machine off, soon: by a request that the loop finds, not here.</summary>
    public abstract void PowerOff();
}
