namespace Lamina.Core;

/// <summary>What is delivered to a vCPU: the TYPE field of EVENTINJ (AMD APM vol. 2, 15.20).</summary>
public enum EventKind : byte
{
    /// <summary>An external interrupt: through the IDT, without an error code.</summary>
    Interrupt = 0,
    /// <summary>A non-maskable interrupt, vector 2.</summary>
    NonMaskableInterrupt = 2,
    /// <summary>An exception.</summary>
    Exception = 3,
    /// <summary>INT n, INT3 or INTO: the return address lies behind the instruction.</summary>
    SoftwareInterrupt = 4,
}
