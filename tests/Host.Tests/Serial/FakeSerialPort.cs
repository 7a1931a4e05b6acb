using System;
using System.Collections.Generic;
using System.Text;

namespace Lamina.Host.Tests;

/// <summary>A serial port whose other end is the test: it takes all that is sent at once, and has received what the test typed.</summary>
internal sealed class FakeSerialPort() : SerialPort(0, 16)
{
    private const byte DataReady = 0x01;
    private const byte TransmitterEmpty = 0x60;

    private readonly Queue<byte> _received = new();
    private readonly StringBuilder _sent = new();
    private int _atOnce;

    /// <summary>What was sent.</summary>
    public string Sent => _sent.ToString();

    /// <summary>How many received bytes nobody has taken yet.</summary>
    public int Waiting => _received.Count;

    /// <summary>The most that was sent between two looks at the port's status.</summary>
    public int MostAtOnce { get; private set; }

    /// <summary>At how many looks more the port is still full.</summary>
    public long FullFor { get; set; }

    /// <summary>How often the port's status was looked at.</summary>
    public long Looks { get; private set; }

    public void Type(string text)
    {
        foreach (char letter in text)
            _received.Enqueue((byte)letter);
    }

    private protected override byte Read(SerialRegister register)
    {
        switch (register)
        {
            case SerialRegister.Data:
                return _received.Dequeue();
            case SerialRegister.LineStatus:
                _atOnce = 0;
                Looks++;
                return (byte)((FullFor-- > 0 ? 0 : TransmitterEmpty) | (_received.Count > 0 ? DataReady : 0));
            default:
                return 0;
        }
    }

    private protected override void Write(SerialRegister register, byte value)
    {
        if (register != SerialRegister.Data)
            return;
        _sent.Append((char)value);
        MostAtOnce = Math.Max(MostAtOnce, ++_atOnce);
    }

    private protected override void Write(SerialRegister register, ReadOnlySpan<byte> values)
    {
        foreach (byte value in values)
            Write(register, value);
    }
}
