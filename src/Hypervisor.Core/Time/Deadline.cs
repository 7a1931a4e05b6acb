namespace Lamina.Core;

/// <summary>
/// Something that is due at a time. Made once by its owner, then armed and withdrawn as often as wanted, without allocation.
/// </summary>
public abstract class Deadline
{
    internal const int NotQueued = -1;
    internal int Position = NotQueued;

    /// <summary>The next of those that left a queue together (<see cref="DeadlineQueue.WithdrawAll"/>).</summary>
    internal Deadline? Next;

    /// <summary>When it is due, in ticks of the CPU's TSC; meaningful while <see cref="IsArmed"/>.</summary>
    public ulong When { get; internal set; }

    /// <summary>
    /// The VM whose it is, which is ended if <see cref="Expire"/> faults, and with which it is withdrawn; null for the hypervisor's own. What is armed by
    /// a VM's clock is that VM's.
    /// </summary>
    public VirtualMachine? Owner { get; set; }

    /// <summary>Whether it waits in a queue.</summary>
    public bool IsArmed => Position != NotQueued;

    /// <summary>Called once, withdrawn already, at or after <see cref="When"/>, on the CPU whose queue it was in. It may arm itself again.</summary>
    /// <param name="now">The CPU's TSC.</param>
    public abstract void Expire(ulong now);
}
