namespace Lamina.Devices;

/// <summary>The registers of a 16550, as offsets from its first port (National PC16550D data sheet, table II).</summary>
internal enum UartRegister : ushort
{
    /// <summary>Receiver buffer (read), transmitter holding (write); with DLAB the divisor's low byte.</summary>
    Data = 0,
    /// <summary>Interrupt enable; with DLAB the divisor's high byte.</summary>
    InterruptEnable = 1,
    /// <summary>Interrupt identification (read), FIFO control (write).</summary>
    InterruptIdentification = 2,
    /// <summary>Line control.</summary>
    LineControl = 3,
    /// <summary>Modem control.</summary>
    ModemControl = 4,
    /// <summary>Line status.</summary>
    LineStatus = 5,
    /// <summary>Modem status.</summary>
    ModemStatus = 6,
    /// <summary>Scratch.</summary>
    Scratch = 7,
}
