using System;

namespace Lamina.Host;

/// <summary>A 16550 serial port of the host (National Semiconductor PC16550D): 115,200 baud, 8 data bits, no parity, FIFOs on.</summary>
public class SerialPort
{
    private const byte DivisorLatch = 0x80;
    private const byte EightDataBits = 0x03;
    private const byte Divisor115200 = 1;
    private const byte FifosOnAndCleared = 0x07;
    private const byte TerminalReady = 0x01;
    private const byte RequestToSend = 0x02;
    private const byte InterruptGate = 0x08;
    private const byte DataReady = 0x01;
    private const byte HoldingRegisterEmpty = 0x20;
    private const byte TransmitterEmpty = 0x40;
    private const byte ReceiveInterrupt = 0x01;
    private const byte FifosWork = 0xC0;
    private const byte ScratchPattern = 0x5A;

    // At 115,200 baud a full FIFO takes 1.4 ms, and an IN about a microsecond. What is behind the port may stand still for longer (an emulator whose reader is busy): it is given some
    // seconds, but once only, as it may be a port that never takes anything.
    private const int MostPolls = 50_000_000;

    private readonly ushort _port;
    private bool _isStuck;

    private protected SerialPort(ushort port, int fifo)
    {
        _port = port;
        FifoSize = fifo;
    }

    /// <summary>Bytes that can be sent at once when the transmitter is empty.</summary>
    public int FifoSize { get; }

    /// <summary>Sets the port up, with its interrupts off.</summary>
    /// <returns>Null when there is no 16550 at this I/O port.</returns>
    public static SerialPort? Open(ushort port)
    {
        var serial = new SerialPort(port, 1);
        serial.Write(SerialRegister.Scratch, ScratchPattern);
        if (port == 0 || serial.Read(SerialRegister.Scratch) != ScratchPattern)
            return null;
        serial.Write(SerialRegister.InterruptEnable, 0);
        serial.Write(SerialRegister.LineControl, DivisorLatch);
        serial.Write(SerialRegister.Data, Divisor115200);
        serial.Write(SerialRegister.InterruptEnable, 0);
        serial.Write(SerialRegister.LineControl, EightDataBits);
        serial.Write(SerialRegister.FifoControl, FifosOnAndCleared);
        serial.Write(SerialRegister.ModemControl, TerminalReady | RequestToSend);
        const int fifoOf16550 = 16;
        bool fifos = (serial.Read(SerialRegister.FifoControl) & FifosWork) == FifosWork;
        return fifos ? new SerialPort(port, fifoOf16550) : serial;
    }

    /// <summary>Lets the port interrupt when something was received.</summary>
    public void EnableReceiveInterrupt()
    {
        Write(SerialRegister.ModemControl, TerminalReady | RequestToSend | InterruptGate);
        Write(SerialRegister.InterruptEnable, ReceiveInterrupt);
    }

    /// <summary>Whether <see cref="FifoSize"/> bytes can be sent now.</summary>
    public bool CanSend => (Read(SerialRegister.LineStatus) & HoldingRegisterEmpty) != 0;

    /// <summary>Sends bytes; <see cref="CanSend"/> said that there is room for them.</summary>
    public void Send(ReadOnlySpan<byte> bytes) => Write(SerialRegister.Data, bytes);

    /// <summary>
    /// Waits a bounded time until something can be sent, sends, and waits until it is out: the machine may be switched off next. Bytes are lost, and not waited for, when the port is full
    /// and has once taken nothing for that time. For the boot and the panic alone.
    /// </summary>
    public void SendPolled(byte value)
    {
        if (!Awaits(HoldingRegisterEmpty))
            return;
        Write(SerialRegister.Data, value);
        Awaits(TransmitterEmpty);
    }

    /// <summary>Takes a byte that was received; false when there is none.</summary>
    public bool TryReceive(out byte value)
    {
        value = 0;
        if ((Read(SerialRegister.LineStatus) & DataReady) == 0)
            return false;
        value = Read(SerialRegister.Data);
        return true;
    }

    private bool Awaits(byte status)
    {
        bool hasCome = (Read(SerialRegister.LineStatus) & status) != 0;
        for (int i = 0; !hasCome && !_isStuck && i < MostPolls; i++)
            hasCome = (Read(SerialRegister.LineStatus) & status) != 0;
        _isStuck |= !hasCome;
        return hasCome;
    }

    /// <summary>Reads a register; tests have registers of their own.</summary>
    private protected virtual byte Read(SerialRegister register) => Instructions.ReadPort8((ushort)(_port + (ushort)register));

    /// <summary>Writes a register.</summary>
    private protected virtual void Write(SerialRegister register, byte value) => Instructions.WritePort8((ushort)(_port + (ushort)register), value);

    /// <summary>Writes all of <paramref name="values"/> to one register, one after the other.</summary>
    private protected virtual void Write(SerialRegister register, ReadOnlySpan<byte> values) => Instructions.WritePort8((ushort)(_port + (ushort)register), values);
}
