namespace Lamina.Host;

/// <summary>The memory that an unwinder reads: what is on stacks. Anything may be wrong when it is asked, so it refuses what it does not know.</summary>
public abstract class StackMemory
{
    /// <summary>Reads 8 bytes at an HVA; false when that is no stack.</summary>
    public abstract bool TryRead(ulong address, out ulong value);
}
