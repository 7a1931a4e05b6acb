namespace Lamina.Core;

/// <summary>The CPU's hardware timer, which brings it out of a guest, or out of its halt, when a deadline is due.</summary>
public abstract class DeadlineTimer
{
    /// <summary>Interrupts this CPU at <paramref name="tsc"/> (its own TSC) or shortly after, once; at once when that is past. Replaces what was armed.</summary>
    public abstract void Arm(ulong tsc);

    /// <summary>No interrupt any more.</summary>
    public abstract void Disarm();
}
