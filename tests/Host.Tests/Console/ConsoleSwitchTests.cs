using System.Collections.Generic;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Testing;

namespace Lamina.Host.Tests;

public class ConsoleSwitchTests
{
    private const ulong TicksPerSecond = 700_000;
    private const ulong OfferTicks = 1_000;
    private const string Key = "\u001D";

    private readonly ConsoleMultiplexer _multiplexer = new();
    private readonly FakeCpu _cpu = new();
    private readonly Actions _actions = new();
    private readonly ConsoleSwitch _switch;
    private readonly VmConsole[] _consoles;
    private readonly TypedInput[] _inputs = [new(), new(), new()];

    public ConsoleSwitchTests()
    {
        _multiplexer.Start(_cpu, OfferTicks);
        _switch = new ConsoleSwitch(_multiplexer, new Log(_multiplexer) { Level = LogLevel.Error }, _actions, _cpu, TicksPerSecond, 3);
        _consoles = [_switch.Add("net")!, _switch.Add("desktop")!, _switch.Add("apps")!];
        for (int i = 0; i < _consoles.Length; i++)
            _consoles[i].Attach(_inputs[i]);
    }

    /// <summary>As the serial port does: a byte that is not taken is offered again and again. False when it was refused <paramref name="patience"/> times.</summary>
    private bool Type(byte value, int patience = 50)
    {
        for (; patience > 0; patience--)
        {
            bool taken = _switch.TryWrite(value);
            // The switch's deadline is due at once where it has something to do.
            _cpu.RunTo(_cpu.Tsc + (taken ? 0 : OfferTicks));
            if (taken)
                return true;
        }

        return false;
    }

    private void Type(string text)
    {
        foreach (byte value in Encoding.Latin1.GetBytes(text))
            Type(value).Should().BeTrue();
    }

    private string Typed(int vm) => Encoding.Latin1.GetString([.. _inputs[vm].Bytes]);

    private string Shown() => _multiplexer.Ring.TakeText();

    private static byte[] Escape(IEnumerable<byte> bytes) =>
        [.. bytes.SelectMany(value => value == ConsoleSwitch.HostKey ? new[] { value, value } : [value])];

    [Fact]
    public void WhatIsTypedGoesToTheVmWithTheKeyboard()
    {
        Type("a" + Key + "nb" + Key + "nc" + Key + "nd" + Key + "pe" + Key + "2f");
        Typed(0).Should().Be("ad");
        Typed(1).Should().Be("bf");
        Typed(2).Should().Be("ce");
        Shown().Should().Be(string.Concat(new[] { "desktop", "apps", "net", "apps", "desktop" }.Select(name => $"[lamina] console: {name} has the keyboard\n")));
    }

    [Fact]
    public void AnyBytesArriveUnchangedWhereTheHostKeyIsDoubled()
    {
        var byteOrKey = Gen.Frequency((3, Gen.Choose(0, 255)), (1, Gen.Constant((int)ConsoleSwitch.HostKey))).Select(value => (byte)value);
        Prop.ForAll(byteOrKey.ArrayOf().ToArbitrary(), bytes =>
        {
            var test = new ConsoleSwitchTests();
            foreach (byte value in Escape(bytes))
                test.Type(value);
            return test._inputs[0].Bytes.SequenceEqual(bytes) && test._inputs[1].Bytes.Count == 0 && test.Shown().Length == 0;
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Whatever is typed at whom, and however the VMs take it: each gets what was typed at it, in order, all of it.</summary>
    [Fact]
    public void AllThatIsTypedArrivesAtWhomItWasTypedAt()
    {
        var step = from vm in Gen.Choose(0, 2)
                   from bytes in Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf()
                   from room in Gen.Choose(0, 30)
                   select (vm, bytes, room);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            var test = new ConsoleSwitchTests();
            List<byte>[] typed = [[], [], []];
            foreach (var input in test._inputs)
                input.Room = 0;
            foreach (var (vm, bytes, room) in steps)
            {
                test.Type(Key + (vm + 1));
                foreach (byte value in Escape(bytes))
                {
                    while (!test.Type(value))
                        test._inputs[vm].Room += 1 + room;
                }

                typed[vm].AddRange(bytes);
                test._inputs[(vm + 1) % 3].Room += room;
            }

            foreach (var input in test._inputs)
                input.Room = int.MaxValue;
            test._cpu.Run(1000 * OfferTicks);
            return typed.Zip(test._inputs).All(pair => pair.First.SequenceEqual(pair.Second.Bytes)) && test._cpu.Deadlines.Count == 0;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void WhatOneVmDoesNotTakeHoldsUpNoOther()
    {
        _inputs[0].Room = 0;
        Type(new string('x', VmConsole.InputCapacity));
        Type(Key + "nhello");
        Typed(1).Should().Be("hello");
        _inputs[0].Room = int.MaxValue;
        _cpu.Run(100 * OfferTicks);
        Typed(0).Should().Be(new string('x', VmConsole.InputCapacity), "what was typed before still comes");
    }

    [Fact]
    public void AVmThatTakesNothingMakesTheSenderWaitAndAtLastTheHostKeyIsFound()
    {
        _inputs[0].Room = 0;
        Type(new string('x', VmConsole.InputCapacity));
        Type((byte)'y', ConsoleSwitch.MostRefusals).Should().BeFalse("the sender waits");
        Type("yz" + Key + "nhello");
        Typed(1).Should().Be("hello");
        Shown().Should().StartWith("[lamina] console: warning: net does not read what is typed; until it does, that is lost\n");
        _inputs[0].Room = int.MaxValue;
        Type(Key + "pagain");
        _cpu.Run(100 * OfferTicks);
        Typed(0).Should().Be(new string('x', VmConsole.InputCapacity) + "again");
    }

    [Fact]
    public void AVmThatIsSlowLosesNothing()
    {
        _inputs[0].Room = 0;
        string text = string.Concat(Enumerable.Range(0, 2000).Select(i => $"{i:0000000000}\n"));
        foreach (byte value in Encoding.ASCII.GetBytes(text))
        {
            while (!Type(value, ConsoleSwitch.MostRefusals - 1))
                _inputs[0].Room++;
        }

        _inputs[0].Room = int.MaxValue;
        _cpu.Run(100 * OfferTicks);
        Typed(0).Should().Be(text);
    }

    [Fact]
    public void WhatWaitsIsOfferedLessAndLessOftenWhileNothingIsTaken()
    {
        _inputs[0].Room = 0;
        Type("x");
        int before = _cpu.Timer.ArmCount;
        _cpu.Run(10_000 * OfferTicks);
        (_cpu.Timer.ArmCount - before).Should().BeLessThan(200);
        _inputs[0].Room = 1;
        _cpu.Run(100 * OfferTicks);
        Typed(0).Should().Be("x");
    }

    [Fact]
    public void TheListSaysWhoIsThereAndHowItIs()
    {
        _consoles[2].Detach();
        _actions.Ended.Add("apps");
        _cpu.Tsc = 7;
        Type(Key + "n" + Key + "l");
        _cpu.Run(100);
        Shown().Should().EndWith("[lamina] console 1: net, runs; busy at 7\n[lamina] console 2: desktop, runs, has the keyboard; busy at 7\n[lamina] console 3: apps, has ended, takes no keys\n");
    }

    [Fact]
    public void NextPassesOverWhoTakesNoKeys()
    {
        _consoles[1].Detach();
        Type(Key + "n");
        _switch.Focus.Should().Be(_consoles[2]);
        Type(Key + "2");
        _switch.Focus.Should().Be(_consoles[2]);
        Shown().Should().EndWith("[lamina] console: VM 2 takes no keys now; Ctrl-] l: lists them\n");
        Type(Key + "9");
        Shown().Should().Be("[lamina] console: VM 9 is not there; Ctrl-] l: lists them\n");
        _consoles[0].Detach();
        _consoles[2].Detach();
        Type(Key + "n");
        Shown().Should().Be("[lamina] console: no VM takes keys\n");
    }

    [Fact]
    public void KeysForAVmThatIsGoneGoNowhereAndThatIsSaidOnce()
    {
        _consoles[0].Detach();
        Type("abc");
        Shown().Should().Be("[lamina] console: what is typed goes nowhere: net does not run; Ctrl-] n: the next VM\n");
        var anew = new TypedInput();
        _consoles[0].Attach(anew);
        Type("d");
        anew.Bytes.Should().Equal((byte)'d');
        _inputs[0].Bytes.Should().BeEmpty();
    }

    [Fact]
    public void ANewLifeOfAVmGetsNothingThatWasTypedAtTheOldOne()
    {
        _inputs[0].Room = 0;
        Type("old");
        _consoles[0].Detach();
        var anew = new TypedInput();
        _consoles[0].Attach(anew);
        Type("new");
        _cpu.Run(100 * OfferTicks);
        Encoding.ASCII.GetString([.. anew.Bytes]).Should().Be("new");
    }

    [Fact]
    public void TheBareViewFollowsTheKeyboardAndEndsWithItsVmUntilThatIsBack()
    {
        Type(Key + "b");
        Print("one", "two");
        Shown().Should().Be("[lamina] console: net alone and bare; Ctrl-] b: all again\none");
        Type(Key + "n");
        Print("one\n", "two");
        Shown().Should().EndWith("[lamina] console: desktop has the keyboard\ntwo");
        _consoles[1].Detach();
        Print("one\n", "");
        Shown().Should().EndWith("[lamina] console: desktop has ended; all VMs line by line\nnet| one\n");
        _consoles[1].Attach(_inputs[1]);
        Print("one\n", "two\n");
        Shown().Should().Be("two\n");
        Type(Key + "b");
        Shown().Should().EndWith("[lamina] console: all VMs line by line; 3 bytes of the others were not shown\n");
        Print("one\n", "two\n");
        Shown().Should().Be("net| one\ndesktop| two\n");
    }

    private void Print(string first, string second)
    {
        _consoles[0].Output.Write(Encoding.ASCII.GetBytes(first));
        _consoles[1].Output.Write(Encoding.ASCII.GetBytes(second));
    }

    [Fact]
    public void TheBootParameterGivesTheKeyboardBeforeAnyVmRuns()
    {
        var consoleSwitch = new ConsoleSwitch(_multiplexer, new Log(_multiplexer), _actions, _cpu, TicksPerSecond, 2);
        VmConsole first = consoleSwitch.Add("first")!, second = consoleSwitch.Add("second")!;
        consoleSwitch.Add("third").Should().BeNull();
        consoleSwitch.Find("none"u8).Should().BeNull();
        consoleSwitch.GiveKeyboard(consoleSwitch.Find("second"u8)!, bare: true);
        first.Attach(_inputs[0]);
        second.Attach(_inputs[1]);
        consoleSwitch.Focus.Should().Be(second);
        second.Output.Write("x"u8);
        Shown().Should().Be("x");
    }

    [Fact]
    public void QuitSwitchesOffAnEmulatorAtOnce()
    {
        Type(Key + "q");
        _actions.PowerOffs.Should().Be(1);
        Shown().Should().Be("[lamina] console: switching the machine off\n");
    }

    [Theory]
    [InlineData("y", 1)]
    [InlineData("n", 0)]
    [InlineData(Key, 0)]
    [InlineData("\r", 0)]
    public void QuitAsksOnAMachine(string answer, int powerOffs)
    {
        _actions.Asks = true;
        Type(Key + "q" + answer);
        _actions.PowerOffs.Should().Be(powerOffs);
        Shown().Should().StartWith("[lamina] console: power the machine off? y/n\n");
        if (powerOffs == 0)
            Type("x");
        Typed(0).Should().Be(powerOffs == 0 ? "x" : "");
    }

    [Fact]
    public void HelpIsThereAndAnUnknownKeyPointsToIt()
    {
        Type(Key + "h");
        Shown().Should().Contain("l: lists them").And.Contain("q: switches the machine off");
        Type(Key + "z" + Key + "\0");
        Shown().Should().StartWith("[lamina] console: no such key; Ctrl-] h: help\n");
        Typed(0).Should().BeEmpty();
    }

    private sealed class Actions : HostKeyActions
    {
        public bool Asks { get; set; }

        public int PowerOffs { get; private set; }

        public HashSet<string> Ended { get; } = [];

        public override bool AsksBeforePowerOff => Asks;

        public override string StateOf(VmConsole console) => Ended.Contains(console.Name) ? "has ended" : "runs";

        public override void WriteTimes(LogLine line, VmConsole console, ulong now)
        {
            if (!Ended.Contains(console.Name))
                line.Text("; busy at ").Decimal(now);
        }

        public override void PowerOff() => PowerOffs++;
    }
}
