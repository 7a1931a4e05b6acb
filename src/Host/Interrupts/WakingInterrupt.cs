namespace Lamina.Host;

/// <summary>
/// The interrupt of the local APIC's timer, and that by which another CPU says that there is mail. It only brings the CPU out of a guest or its halt: what there is to do is found in the
/// loop.
/// </summary>
public sealed class WakingInterrupt(HostApic apic) : InterruptHandler
{
    /// <inheritdoc/>
    public override void Handle() => apic.EndOfInterrupt();
}
