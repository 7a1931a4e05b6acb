namespace Lamina.Core;

/// <summary>What stands at a vCPU's INTR pin in the PC's old way: the 8259 pair. Read on the exit way.</summary>
public abstract class ExternalInterruptSource
{
    /// <summary>Whether it asks for an interrupt now.</summary>
    public abstract bool IsPending { get; }

    /// <summary>The processor's acknowledge cycle: which vector. A spurious one when the request went away meanwhile.</summary>
    public abstract byte Acknowledge();
}
