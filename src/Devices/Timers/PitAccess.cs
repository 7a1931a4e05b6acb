namespace Lamina.Devices;

/// <summary>How a counter's 16 bits pass through its 8-bit port: RW1 and RW0 of the control word (Intel 8254 data sheet, figure 7).</summary>
internal enum PitAccess : byte
{
    /// <summary>Not an access at all: the counter latch command.</summary>
    Latch = 0,
    /// <summary>The least significant byte only; the other is 0.</summary>
    Low = 1,
    /// <summary>The most significant byte only; the other is 0.</summary>
    High = 2,
    /// <summary>The least significant byte first, then the other.</summary>
    LowThenHigh = 3,
}
