namespace Lamina.Host;

/// <summary>The vectors of physical interrupts.</summary>
public static class InterruptVector
{
    /// <summary>Input 0 of the first 8259; its 16 inputs follow.</summary>
    public const byte LegacyFirst = 0x20;

    /// <summary>The local APIC's timer.</summary>
    public const byte Timer = 0x40;

    /// <summary>The local APIC's error interrupt.</summary>
    public const byte ApicError = 0x41;

    /// <summary>Another CPU has put something into this one's mailbox.</summary>
    public const byte Mail = 0x42;

    /// <summary>The local APIC's spurious interrupt; its low four bits are set, as old APICs need. It wants no EOI.</summary>
    public const byte Spurious = 0xFF;
}
