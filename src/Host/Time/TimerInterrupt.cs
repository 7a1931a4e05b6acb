namespace Lamina.Host;

/// <summary>The local APIC timer's interrupt. It only brings the CPU out of a guest or its halt: what is due is found in the loop.</summary>
public sealed class TimerInterrupt(HostApic apic) : InterruptHandler
{
    /// <inheritdoc/>
    public override void Handle() => apic.EndOfInterrupt();
}
