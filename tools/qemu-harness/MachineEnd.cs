namespace Lamina.QemuHarness;

/// <summary>How a machine came to its end.</summary>
public enum MachineEnd
{
    /// <summary>It powered off (ACPI S5), or wrote <see cref="DebugExit.Success"/>.</summary>
    PoweredOff,

    /// <summary>It was reset: a triple fault, or a panic that resets.</summary>
    Reset,

    /// <summary>It wrote another value to the debug exit port.</summary>
    DebugExit,

    /// <summary>It was stopped from outside.</summary>
    Stopped,

    /// <summary>The emulator ended without a word why.</summary>
    EmulatorFailed,
}
