namespace Lamina.Core;

/// <summary>Hears of the end of level-triggered interrupts: an I/O APIC.</summary>
public abstract class EndOfInterruptListener
{
    /// <summary>A local APIC ended the level-triggered interrupt of <paramref name="vector"/>.</summary>
    public abstract void EndOfInterrupt(byte vector);
}
