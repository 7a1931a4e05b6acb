namespace Lamina.Vmx;

/// <summary>The exit-reason field (Intel SDM vol. 3, 25.9.1, table 25-19).</summary>
public readonly struct ExitReasonField(uint value)
{
    private const uint EntryFailure = 1u << 31;

    /// <summary>Bits 0–15 basic reason, 31 VM-entry failure.</summary>
    public uint Value { get; } = value;

    /// <summary>The basic reason.</summary>
    public VmxExitReason Reason => (VmxExitReason)Value;

    /// <summary>The guest was not entered: a failure of the entry that comes after the checks of controls and host state.</summary>
    public bool IsEntryFailure => (Value & EntryFailure) != 0;
}
