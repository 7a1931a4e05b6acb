namespace Lamina.Core;

/// <summary>Where a VM's interrupt lines end: whatever turns a line's level into an interrupt (8259 pair, I/O APIC).</summary>
public abstract class InterruptController
{
    /// <summary>Sets the level of line <paramref name="line"/> (a GSI: ISA interrupts are 0 to 15, as wired on a PC).</summary>
    public abstract void SetLine(int line, bool high);
}
