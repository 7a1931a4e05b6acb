using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using System.Text;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Virtio;

public sealed class VirtioConsoleTests : IDisposable
{
    private const ulong Buffers = 0x20_0000;
    private const ulong Multiport = 2;

    private sealed class Readiness : ReadyPort
    {
        public int Times { get; private set; }

        protected override void Ready() => Times++;
    }

    private readonly TestMachine _test = new(1 << 22);
    private readonly TestSink _sink = new();
    private readonly SinkPort _port;
    private readonly Readiness _ready = new();
    private readonly VirtioDriver _driver;
    private VirtqueueDriver _receive = null!, _transmit = null!, _controlReceive = null!, _controlTransmit = null!, _readyTransmit = null!;

    public VirtioConsoleTests()
    {
        _port = new SinkPort(_sink);
        _driver = new VirtioDriver(_test, new VirtioConsole(_test.Machine, _port, _ready));
    }

    public void Dispose() => _test.Dispose();

    private void Start(ulong features = VirtioFeature.Common | Multiport)
    {
        _driver.Negotiate(features).Should().BeTrue();
        var queues = Enumerable.Range(0, 6).Select(i => _driver.SetUp(i, 0x1_0000 + (ulong)i * VirtqueueDriver.RingBytes, 16)).ToArray();
        (_receive, _transmit, _controlReceive, _controlTransmit, _readyTransmit) = (queues[0], queues[1], queues[2], queues[3], queues[5]);
        _driver.Start();
    }

    private void Control(uint port, ConsoleEvent what, ushort value)
    {
        MemoryMarshal.Write(_test.Memory[0x2F_0000..], new ConsoleControl(port, what, value));
        _controlTransmit.Recycle();
        _controlTransmit.Offer((0x2F_0000, 8, false));
        _driver.Ring(3);
        _controlTransmit.TakeUsed().Should().HaveCount(1);
    }

    private void OfferControl(int count)
    {
        _controlReceive.Recycle();
        for (int i = 0; i < count; i++) _controlReceive.Offer((0x2E_0000 + (ulong)i * 0x100, 0x100, true));
        _driver.Ring(2);
    }

    private List<(uint Port, ConsoleEvent Event, ushort Value, string Name)> News() =>
        _controlReceive.TakeUsed().Select(used =>
        {
            var bytes = _test.Memory.Slice(0x2E_0000 + (int)used.Head * 0x100, (int)used.Written);
            var message = MemoryMarshal.Read<ConsoleControl>(bytes);
            return (message.Port, message.Event, message.Value, Encoding.ASCII.GetString(bytes[8..]));
        }).ToList();

    private void Print(VirtqueueDriver queue, int number, string text, int split = int.MaxValue)
    {
        Encoding.ASCII.GetBytes(text, _test.Memory[(int)Buffers..]);
        queue.Recycle();
        if (text.Length <= split) queue.Offer((Buffers, text.Length, false));
        else queue.Offer((Buffers, split, false), (Buffers + (ulong)split, text.Length - split, false));
        _driver.Ring(number);
    }

    /// <summary>What Linux's virtio_console does and expects.</summary>
    [Fact]
    public void Ports_are_announced_and_named()
    {
        Start();
        _driver.Read(VirtioDriver.Device + 4, 4).Should().Be(2);
        OfferControl(16);
        News().Should().BeEmpty();
        Control(0, ConsoleEvent.DeviceReady, 1);
        News().Should().Equal((0u, ConsoleEvent.PortAdd, (ushort)0, ""), (1u, ConsoleEvent.PortAdd, (ushort)0, ""));
        Control(0, ConsoleEvent.PortReady, 1);
        News().Should().Equal((0u, ConsoleEvent.ConsolePort, (ushort)1, ""), (0u, ConsoleEvent.PortOpen, (ushort)1, ""));
        Control(1, ConsoleEvent.PortReady, 1);
        News().Should().Equal((1u, ConsoleEvent.PortName, (ushort)1, "lamina.ready"), (1u, ConsoleEvent.PortOpen, (ushort)1, ""));
    }

    [Fact]
    public void News_wait_for_a_buffer()
    {
        Start();
        Control(0, ConsoleEvent.DeviceReady, 1);
        OfferControl(1);
        News().Should().Equal((0u, ConsoleEvent.PortAdd, (ushort)0, ""));
        OfferControl(1);
        News().Should().Equal((1u, ConsoleEvent.PortAdd, (ushort)0, ""));
    }

    [Fact]
    public void Nonsense_is_taken_and_forgotten()
    {
        Start();
        OfferControl(16);
        Control(2, ConsoleEvent.PortReady, 1);
        Control(uint.MaxValue, ConsoleEvent.PortOpen, 1);
        Control(0, (ConsoleEvent)99, 1);
        _controlTransmit.Recycle();
        _controlTransmit.Offer((0x2F_0000, 7, false));
        _driver.Ring(3);
        _controlTransmit.TakeUsed().Should().HaveCount(1);
        News().Should().BeEmpty();
        _driver.Status.Should().NotHaveFlag(VirtioStatus.DeviceNeedsReset);
    }

    [Fact]
    public void What_a_guest_prints_goes_to_the_sink()
    {
        Start();
        Print(_transmit, 1, "hello, world\n", split: 5);
        _sink.Text.Should().Be("hello, world\n");
        _transmit.TakeUsed().Should().Equal((0u, 0u));
    }

    [Fact]
    public void A_long_chain_is_printed_in_rounds()
    {
        Start();
        string text = string.Concat(Enumerable.Range(0, 10_000).Select(i => $"{i:D4}"));
        Print(_transmit, 1, text);
        _sink.Text.Length.Should().Be(VirtioConsole.BytesPerExit);
        _transmit.TakeUsed().Should().BeEmpty();
        _test.Machine.DoWork();
        _test.Machine.DoWork();
        _sink.Text.Should().Be(text);
        _transmit.TakeUsed().Should().HaveCount(1);
    }

    [Fact]
    public void A_reset_in_the_midst_of_a_long_chain_forgets_it()
    {
        Start();
        Print(_transmit, 1, new string('x', 40_000));
        Start();
        _test.Machine.DoWork();
        _sink.Text.Length.Should().Be(VirtioConsole.BytesPerExit);
        Print(_transmit, 1, "y");
        _sink.Text[^1].Should().Be('y');
    }

    [Fact]
    public void Typed_bytes_wait_for_the_guest()
    {
        Start();
        _port.TrySend((byte)'a').Should().BeFalse("it is not open");
        Control(0, ConsoleEvent.PortOpen, 1);
        foreach (char c in "date\n") _port.TrySend((byte)c).Should().BeTrue();
        _test.Machine.HasWork.Should().BeTrue();
        _test.Machine.DoWork();
        _receive.TakeUsed().Should().BeEmpty();
        _receive.Offer((Buffers, 3, true));
        _receive.Offer((Buffers + 0x100, 64, true));
        _driver.Ring(0);
        _receive.TakeUsed().Should().Equal((0u, 3u), (1u, 2u));
        Encoding.ASCII.GetString(_test.Memory.Slice((int)Buffers, 3)).Should().Be("dat");
        Encoding.ASCII.GetString(_test.Memory.Slice((int)Buffers + 0x100, 2)).Should().Be("e\n");
        int taken = 0;
        while (_port.TrySend((byte)'x')) taken++;
        taken.Should().BeInRange(1, 4096, "what can wait is bounded");
    }

    [Fact]
    public void A_driver_without_ports_has_one()
    {
        Start(VirtioFeature.Common);
        _port.IsOpen.Should().BeTrue();
        Print(_transmit, 1, "plain");
        _sink.Text.Should().Be("plain");
        _port.TrySend((byte)'a').Should().BeTrue();
    }

    [Theory]
    [InlineData(1, "ready\n")]
    [InlineData(1, "ready\r\n")]
    [InlineData(1, "not yet\nready\nready\n")]
    [InlineData(0, "ready")]
    [InlineData(0, "already\n")]
    [InlineData(0, "readyready\n")]
    [InlineData(0, "ready ready ready ready ready ready\n")]
    [InlineData(0, "\n\nrea\ndy\n")]
    public void A_guest_says_once_that_it_is_ready(int times, string text)
    {
        Start();
        Print(_readyTransmit, 5, text);
        _ready.Times.Should().Be(times);
        _ready.IsReady.Should().Be(times > 0);
    }

    [Fact]
    public void It_may_say_so_again_after_a_reset()
    {
        Start();
        Print(_readyTransmit, 5, "rea");
        Print(_readyTransmit, 5, "dy\n");
        _ready.Times.Should().Be(1);
        Start();
        _ready.IsReady.Should().BeFalse();
        Print(_readyTransmit, 5, "ready\n");
        _ready.Times.Should().Be(2);
    }
}
