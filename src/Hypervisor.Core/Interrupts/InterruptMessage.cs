namespace Lamina.Core;

/// <summary>An interrupt on its way to a VM's local APICs: from an I/O APIC, an MSI or another local APIC.</summary>
public readonly struct InterruptMessage(byte vector, DeliveryMode mode, uint destination, bool logical, bool levelTriggered)
{
    /// <summary>The vector, or the start-up page.</summary>
    public readonly byte Vector = vector;
    /// <summary>How it is delivered.</summary>
    public readonly DeliveryMode Mode = mode;
    /// <summary>An APIC ID, or a logical destination: 8 bits, 32 in x2APIC mode. All ones is everybody.</summary>
    public readonly uint Destination = destination;
    /// <summary>Whether <see cref="Destination"/> is a logical one.</summary>
    public readonly bool Logical = logical;
    /// <summary>Level-triggered: its EOI is broadcast to the I/O APIC.</summary>
    public readonly bool LevelTriggered = levelTriggered;
}
