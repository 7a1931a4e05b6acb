namespace Lamina.Core;

/// <summary>A vCPU's local APIC.</summary>
public sealed class LocalApic(VirtualCpu vcpu) : Device
{
    private readonly VirtualCpu _vcpu = vcpu;

    /// <inheritdoc/>
    public override string Name => "local APIC";

    /// <inheritdoc/>
    public override void Reset() { }

    /// <summary>The priority class that an interrupt must exceed: TPR or the highest in service, whichever is higher.</summary>
    public byte ProcessorPriority => 0;

    /// <summary>Whether a message is for this APIC.</summary>
    public bool IsAddressedBy(in InterruptMessage message) => false;

    /// <summary>Takes a message that was found to be for this APIC.</summary>
    public void Accept(in InterruptMessage message) => _vcpu.Kick();

    /// <summary>The vector that would be taken now if interrupts were enabled, or -1.</summary>
    public int PendingVector => -1;

    /// <summary>Takes <see cref="PendingVector"/> into service.</summary>
    public void Acknowledge() { }

    /// <summary>The highest value of CR8.</summary>
    public const byte MostTaskPriorityClass = 15;

    /// <summary>The task priority's upper four bits: CR8, 0 to 15.</summary>
    public byte TaskPriorityClass { get; set; }

    /// <summary>Whether LINT0 lets the 8259 pair's interrupts through (ExtINT, not masked), or the APIC is disabled.</summary>
    public bool AcceptsExternalInterrupts => true;
}
