using System.Collections.Generic;
using System.Text;
using Lamina.Testing;

namespace Lamina.Host.Tests;

public class SerialConsoleTests
{
    private const ulong TicksPerSecond = 70_000;
    private const ulong Retry = TicksPerSecond / 700;

    private readonly FakeCpu _cpu = new();
    private readonly FakeSerialPort _port = new();
    private readonly ConsoleMultiplexer _multiplexer = new();
    private readonly BoundedSink _sink = new();
    private readonly SerialConsole _console;

    public SerialConsoleTests()
    {
        _console = new SerialConsole(_port, _multiplexer.Ring) { Input = _sink };
        _multiplexer.Output = _console;
        _console.Start(_cpu, TicksPerSecond);
    }

    [Fact]
    public void OutputGoesOnWhileAVmDoesNotTakeItsInput()
    {
        _port.Type("typed");
        _console.Receive();
        new Log(_multiplexer).Info("hello").End();
        _cpu.Run(Retry);
        _port.Sent.Should().Be("[lamina] hello\r\n");
        new Log(_multiplexer).Info("again").End();
        _cpu.Run(Retry);
        _port.Sent.Should().EndWith("[lamina] again\r\n");
    }

    [Fact]
    public void InputThatFindsNoRoomWaitsAndIsOfferedAgain()
    {
        _port.Type("typed");
        _sink.Room = 2;
        _console.Receive();
        _cpu.Run(10 * Retry);
        _sink.Taken.Should().Be("ty");
        _port.Waiting.Should().Be(2, "one byte is held, the others stay in the port");
        _sink.Room = 3;
        _cpu.Run(Retry);
        _sink.Taken.Should().Be("typed");
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void WhatWaitsIsSentAsItIsAFifoAtATime()
    {
        string text = new string('x', 3 * _port.FifoSize) + "\u001b[1m\u00e9\r\n" + new string('y', ConsoleMultiplexer.RingSize / 2);
        _multiplexer.Ring.TryWrite(Encoding.Latin1.GetBytes(text));
        _console.Kick();
        _cpu.Run(100 * Retry);
        _port.Sent.Should().Be(text);
        _port.MostAtOnce.Should().Be(_port.FifoSize);
    }

    [Fact]
    public void DrainingWaitsForAPortWhoseOtherEndIsBusyAndLosesNothing()
    {
        _port.FullFor = 1_000_000;
        _multiplexer.Ring.TryWrite("0123456789abcdefghijklmnopqrstuvwxyz"u8);
        _console.Drain();
        _port.Sent.Should().Be("0123456789abcdefghijklmnopqrstuvwxyz");
    }

    [Fact]
    public void APortThatNeverTakesAnythingIsWaitedForOnce()
    {
        _port.FullFor = long.MaxValue;
        _multiplexer.Ring.TryWrite(new byte[1000]);
        _console.Drain();
        _port.Sent.Should().BeEmpty();
        _port.Looks.Should().BeLessThan(120_000_000);
    }

    private sealed class BoundedSink : InputSink
    {
        private readonly List<byte> _taken = [];

        public int Room { get; set; }

        public string Taken => Encoding.ASCII.GetString([.. _taken]);

        public override bool TryWrite(byte value)
        {
            if (Room == 0)
                return false;
            Room--;
            _taken.Add(value);
            return true;
        }
    }
}
