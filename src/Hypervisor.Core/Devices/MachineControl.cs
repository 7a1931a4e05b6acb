namespace Lamina.Core;

/// <summary>What a device can ask for the whole VM. It takes effect when the exit has been handled.</summary>
public abstract class MachineControl
{
    /// <summary>The guest switched itself off (ACPI S5).</summary>
    public abstract void PowerOff();
    /// <summary>The guest asked for a reset (keyboard controller, port 0xCF9, ACPI reset register).</summary>
    public abstract void Reset();
}
