namespace Lamina.Host;

/// <summary>What is done when a physical interrupt is taken: set a flag, move a few bytes. Interrupts are off meanwhile.</summary>
public abstract class InterruptHandler
{
    /// <summary>Handles the interrupt, its end of interrupt included.</summary>
    public abstract void Handle();
}
