namespace Lamina.Host;

/// <summary>Registers of a 16550 (National Semiconductor PC16550D, table 2), relative to its first I/O port, with the divisor latch closed.</summary>
internal enum SerialRegister : ushort
{
    /// <summary>RBR when read, THR when written; the divisor's low byte with the latch open.</summary>
    Data = 0,

    /// <summary>IER; the divisor's high byte with the latch open.</summary>
    InterruptEnable = 1,

    /// <summary>FCR when written, IIR when read.</summary>
    FifoControl = 2,

    /// <summary>LCR.</summary>
    LineControl = 3,

    /// <summary>MCR.</summary>
    ModemControl = 4,

    /// <summary>LSR.</summary>
    LineStatus = 5,

    /// <summary>MSR.</summary>
    ModemStatus = 6,

    /// <summary>SCR: keeps what is written.</summary>
    Scratch = 7,
}
