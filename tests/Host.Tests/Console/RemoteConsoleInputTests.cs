using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Lamina.Testing;

namespace Lamina.Host.Tests;

public class RemoteConsoleInputTests
{
    private const ulong TicksPerSecond = 700_000;
    private const ulong OfferTicks = 1_000;

    private readonly FakeCpu _home = new(), _first = new();
    private readonly TypedInput _device = new();
    private readonly RemoteConsoleInput _input;

    public RemoteConsoleInputTests()
    {
        _input = new RemoteConsoleInput(_device, _home, _first, TicksPerSecond);
        _input.GoLive();
    }

    private string Typed => Encoding.ASCII.GetString([.. _device.Bytes]);

    private void Type(string text)
    {
        foreach (byte value in Encoding.ASCII.GetBytes(text))
            _input.TryWrite(value).Should().BeTrue();
    }

    [Fact]
    public void One_that_goes_to_another_CPU_is_typed_at_there()
    {
        Type("a");
        _home.ServeInterrupts();
        _input.GoQuiet();
        Type("b");
        _home.ServeInterrupts();
        Typed.Should().Be("a");
        _input.MoveTo(_first);
        Type("c");
        Typed.Should().Be("a", "it is quiet");
        _input.GoLive();
        Typed.Should().Be("abc");
        Type("d");
        Typed.Should().Be("abcd", "that is the CPU of the consoles itself");
        _first.InterruptsSent.Should().Be(0, "a CPU sends nothing to itself");
        _input.GoQuiet();
        _input.MoveTo(_home);
        _input.GoLive();
        Type("e");
        _home.ServeInterrupts();
        Typed.Should().Be("abcde");
    }

    [Fact]
    public void Mail_that_comes_late_to_a_CPU_that_has_had_the_VM_touches_nothing_there_and_is_passed_on()
    {
        var next = new FakeCpu();
        Type("a");
        _input.GoQuiet();
        _input.MoveTo(next);
        _input.GoLive();
        _device.Room = 1;
        Type("b");
        Typed.Should().Be("a");
        _home.ServeInterrupts();
        Typed.Should().Be("a", "the device is the next CPU's");
        next.InterruptsSent.Should().Be(1);
        next.ServeInterrupts();
        Typed.Should().Be("ab");
        _home.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void What_is_typed_reaches_the_device_on_its_own_CPU()
    {
        Type("ls\n");
        Typed.Should().BeEmpty("the device is the home CPU's");
        _home.InterruptsSent.Should().Be(1);
        _home.ServeInterrupts();
        Typed.Should().Be("ls\n");
        _home.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void What_the_device_does_not_take_is_offered_again_without_another_key()
    {
        _device.Room = 2;
        Type("abcd");
        _home.ServeInterrupts();
        Typed.Should().Be("ab");
        _device.Room = 1;
        _home.Run(2 * OfferTicks);
        Typed.Should().Be("abc");
        _home.Run(1_000 * OfferTicks);
        _home.Deadlines.Earliest.Should().BeInRange(_home.Tsc, _home.Tsc + 64 * OfferTicks, "one that takes none is asked less and less often");
        _device.Room = 1;
        _home.Run(64 * OfferTicks);
        Typed.Should().Be("abcd");
        _home.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void A_full_ring_refuses_and_has_the_device_tried_again()
    {
        _device.Room = 0;
        Type(new string('a', RemoteConsoleInput.Capacity));
        _home.ServeInterrupts();
        _device.Room = int.MaxValue;
        _input.TryWrite((byte)'b').Should().BeFalse();
        _home.ServeInterrupts();
        Typed.Should().Be(new string('a', RemoteConsoleInput.Capacity));
        _input.TryWrite((byte)'b').Should().BeTrue();
        _home.ServeInterrupts();
        Typed.Should().EndWith("ab");
    }

    [Fact]
    public void While_the_VM_is_quiet_mail_touches_no_device()
    {
        _device.Room = 0;
        Type("old");
        _home.ServeInterrupts();
        _input.GoQuiet();
        _home.Deadlines.Count.Should().Be(0);
        _device.Room = int.MaxValue;
        Type("er");
        _home.ServeInterrupts();
        _home.Run(1_000 * OfferTicks);
        Typed.Should().BeEmpty();
        _input.Drop();
        Type("new");
        _home.ServeInterrupts();
        Typed.Should().BeEmpty("it is being built");
        _input.GoLive();
        Typed.Should().Be("new", "what an earlier life was to get is gone");
    }

    [Fact]
    public void Behind_the_switch_a_paste_arrives_whole_at_a_slow_reader()
    {
        var first = new FakeCpu();
        var multiplexer = new ConsoleMultiplexer();
        multiplexer.Start(first, OfferTicks);
        var consoles = new ConsoleSwitch(multiplexer, new Log(multiplexer), new NoActions(), first, TicksPerSecond, 1);
        VmConsole console = consoles.Add("app")!;
        console.Attach(_input);
        byte[] paste = [.. Enumerable.Range(0, 2_000).Select(i => (byte)('a' + (i % 26)))];
        _device.Room = 0;
        int sent = 0;
        for (int round = 0; round < 10_000 && _device.Bytes.Count < paste.Length; round++)
        {
            if (sent < paste.Length && consoles.TryWrite(paste[sent]))
                sent++;
            if (round % 3 == 0)
                _device.Room = 1;
            _home.ServeInterrupts();
            first.Run(OfferTicks);
            _home.Run(OfferTicks);
        }

        _device.Bytes.Should().Equal(paste);
    }

    [Fact]
    public async Task From_two_threads_all_arrives_in_order()
    {
        const int Count = 200_000;
        var typist = Task.Factory.StartNew(
            () =>
            {
                var clock = Stopwatch.StartNew();
                for (int i = 0; i < Count; i++)
                {
                    while (!_input.TryWrite((byte)(i % 251)))
                        clock.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60));
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        var deadline = Stopwatch.StartNew();
        while (_device.Bytes.Count < Count)
        {
            _device.Room = 100;
            _home.Tsc += OfferTicks;
            _home.ServeInterrupts();
            deadline.Elapsed.Should().BeLessThan(TimeSpan.FromSeconds(60));
        }

        await typist;
        _device.Bytes.Should().Equal(Enumerable.Range(0, Count).Select(i => (byte)(i % 251)));
    }

    private sealed class NoActions : HostKeyActions
    {
        public override bool AsksBeforePowerOff => false;

        public override string StateOf(VmConsole console) => "";

        public override void WriteTimes(LogLine line, VmConsole console, ulong now)
        {
        }

        public override void PowerOff()
        {
        }
    }
}
