using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Host.Tests;

public class ConsoleMultiplexerTests
{
    private const ulong Delay = 50;

    private readonly ConsoleMultiplexer _console = new();
    private readonly FakeCpu _cpu = new();

    public ConsoleMultiplexerTests() => _console.Start(_cpu, Delay);

    private static void Print(ConsoleSource source, string text)
    {
        foreach (byte value in Encoding.UTF8.GetBytes(text))
            source.Write(value);
    }

    private static void Print(ConsoleSource source, params byte[] bytes)
    {
        foreach (byte value in bytes)
            source.Write(value);
    }

    private string Shown() => _console.Ring.TakeText();

    /// <summary>With sixteen busy VMs a turn comes after 150 ms: a line is not cut because its VM waits for that.</summary>
    [Fact]
    public void AnUnfinishedLineOfAVmThatWaitsForItsTurnIsShownWhenThatCameOrAfterLong()
    {
        using var test = new TestMachine();
        test.Machine.Vcpus[0].Activity = VcpuActivity.Running;
        var scheduler = new Scheduler(_cpu, tscFrequency: 1_000_000_000, 1);
        _cpu.RunTo(1);
        var source = _console.Add("a");
        source.Owner = test.Machine;
        Print(source, "do");
        scheduler.TryAdd(test.Machine.Vcpus[0]).Should().BeTrue();
        _cpu.RunTo(1 + (3 * Delay));
        Shown().Should().BeEmpty("it waits");
        scheduler.Next().Should().NotBeNull();
        Print(source, "ne\n");
        Shown().Should().Be("a| done\n");

        Print(source, "~ # ");
        _cpu.RunTo(1 + (5 * Delay));
        Shown().Should().Be("a| ~ # ", "it had its turn, and wrote no more");

        Print(source, "\n");
        Shown();
        scheduler.Remove(test.Machine.Vcpus[0]);
        scheduler.TryAdd(test.Machine.Vcpus[0]).Should().BeTrue();
        ulong start = _cpu.Tsc;
        Print(source, "spins");
        test.Machine.WaitsForCpu.Should().BeTrue();
        _cpu.RunTo(start + (9 * Delay));
        Shown().Should().BeEmpty();
        _cpu.RunTo(start + (11 * Delay));
        Shown().Should().Be("a| spins");
    }

    [Theory]
    [InlineData("a\nb\n", "a\r\nb\r\n")]
    [InlineData("a\r\nb", "a\r\nb")]
    [InlineData("a\r", "\nb", "a\r\nb")]
    [InlineData("a", "\n", "\n", "a\r\n\r\n")]
    [InlineData("\r\r\n", "\r\r\n")]
    [InlineData("\u001b[1mx\n\u001b[0m", "\u001b[1mx\r\n\u001b[0m")]
    public void ABareLineFeedHasACarriageReturnBeforeItAndAllElseIsAsItIs(params string[] printedAndShown)
    {
        var source = _console.Add("a");
        _console.ShowBare(source);
        foreach (string printed in printedAndShown[..^1])
            source.Write(Encoding.ASCII.GetBytes(printed));
        Encoding.ASCII.GetString(_console.Ring.Waiting(100)).Should().Be(printedAndShown[^1]);
    }

    [Fact]
    public void EachLineSaysWhoseItIs()
    {
        var a = _console.Add("a");
        var b = _console.Add("net");
        Print(a, "hel");
        Print(b, "wor");
        Print(a, "lo\r\n");
        Print(b, "ld\n");
        new Log(_console).Info("done").End();
        Shown().Should().Be("a| hello\nnet| world\n[lamina] done\n");
    }

    /// <summary>A reset withdraws all deadlines of the VM, its console's too.</summary>
    [Fact]
    public void AnUnfinishedLineIsShownThoughItsVmHasResetItselfMeanwhile()
    {
        using var test = new TestMachine();
        var source = _console.Add("a");
        source.Owner = test.Machine;
        Print(source, "boot");
        _cpu.Deadlines.WithdrawAll(test.Machine);
        _cpu.RunTo(2 * Delay);
        Print(source, "boot: ");
        _cpu.RunTo(3 * Delay);
        Shown().Should().Be("a| bootboot: ");
    }

    [Fact]
    public void AnUnfinishedLineIsShownWhenItHasWaited()
    {
        var a = _console.Add("a");
        Print(a, "login: ");
        _cpu.RunTo(Delay - 1);
        Shown().Should().BeEmpty();
        _cpu.RunTo(Delay);
        Shown().Should().Be("a| login: ");
        Print(a, "r");
        Shown().Should().Be("r", "what is echoed in a line that is shown is shown at once");
        Print(a, "oot\n");
        Shown().Should().Be("oot\n");
    }

    [Fact]
    public void AShownLineIsEndedWhenAnotherPrintsAndGoesOnUnderItsPrefix()
    {
        var a = _console.Add("a");
        var b = _console.Add("b");
        Print(a, "login: ");
        _cpu.RunTo(Delay);
        Print(b, "hi\n");
        Print(a, "root\n");
        Shown().Should().Be("a| login: \nb| hi\na| root\n");
    }

    [Fact]
    public void ALineThatEndsInTimeArmsNothingForLater()
    {
        var a = _console.Add("a");
        Print(a, "one\n");
        _cpu.RunTo(Delay);
        Print(a, "two");
        _cpu.RunTo(Delay + Delay - 1);
        Shown().Should().Be("a| one\n");
        _cpu.RunTo(Delay + Delay);
        Shown().Should().Be("a| two");
    }

    [Theory]
    [InlineData("\u001b[2Jx\n", "a| \\e[2Jx\n")]
    [InlineData("tab\there\n", "a| tab\there\n")]
    [InlineData("\a\0\u007fbell\n", "a| bell\n")]
    [InlineData("10%\r20%\r\n", "a| 10%\na| 20%\n")]
    [InlineData("\r\rx\r\r\n", "a| x\n")]
    [InlineData("x\r[lamina] forged\n", "a| x\na| [lamina] forged\n")]
    [InlineData("ab\b\b\b\bc\n", "a| ab\b\bc\n")]
    [InlineData("é€😀\n", "a| é€😀\n")]
    [InlineData("\u0085\u009b2J\u202Ex\u2028y\n", "a| \uFFFD\uFFFD2J\uFFFDx\uFFFDy\n")]
    public void WhatGuestsPrintIsHarmless(string printed, string shown)
    {
        Print(_console.Add("a"), printed);
        Shown().Should().Be(shown);
    }

    [Theory]
    [InlineData(new byte[] { 0xC3, (byte)'x', 10 }, "a| \uFFFDx\n")]                // cut short
    [InlineData(new byte[] { 0xC0, 0x9B, 10 }, "a| \uFFFD\uFFFD\n")]                // an escape in two bytes
    [InlineData(new byte[] { 0xE0, 0x80, 0x9B, 10 }, "a| \uFFFD\n")]                // and in three
    [InlineData(new byte[] { 0xED, 0xA0, 0x80, 10 }, "a| \uFFFD\n")]                // a surrogate
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80, 10 }, "a| \uFFFD\n")]          // beyond Unicode
    [InlineData(new byte[] { 0x9B, 0xFF, 10 }, "a| \uFFFD\uFFFD\n")]                // C1 and no UTF-8 at all
    [InlineData(new byte[] { 0xE2, 0x82, 10 }, "a| \uFFFD\n")]                      // a line end in a character
    public void IllFormedTextIsReplaced(byte[] printed, string shown)
    {
        Print(_console.Add("a"), printed);
        Shown().Should().Be(shown);
    }

    [Fact]
    public void BackspacesNeverReachAPrefixInALineThatWentOn()
    {
        var a = _console.Add("a");
        Print(a, "abc");
        _cpu.RunTo(Delay);
        Print(_console.Add("b"), "x\n");
        Print(a, "\b\b\bY\n");
        Shown().Should().Be("a| abc\nb| x\na| Y\n");
    }

    [Fact]
    public void BareMeansThatTheBytesOfOneVmPassAndNoOthers()
    {
        var a = _console.Add("a");
        var b = _console.Add("b");
        Print(a, "begun");
        Print(b, "also");
        _console.ShowBare(a);
        Shown().Should().Be("a| begun\n", "what waited to be shown is shown before");
        Print(a, "\u001b[31mred\r\n~ # ");
        Print(b, " hidden\n");
        new Log(_console).Info("only happens").End();
        Shown().Should().Be("\u001b[31mred\n~ # ", "at once, without a prefix");
        _console.HiddenBytes.Should().Be((ulong)"also hidden".Length);
        new Log(_console).Error("matters").End();
        Print(a, "x");
        Shown().Should().Be("\n[lamina] error: matters\nx");
        _console.ShowLines();
        Shown().Should().Be("\u0018\u001b[0m\u001b[?25h\n", "an escape sequence that was begun ends, and no colour stays");
        Print(a, "a\n");
        Print(b, "b\n");
        Shown().Should().Be("a| a\nb| b\n");
    }

    [Fact]
    public void WhatFindsNoRoomIsCountedAndToldAndForgesNothing()
    {
        var a = _console.Add("a");
        string line = new string('x', 100) + "\n";
        for (int i = 0; i < 1000; i++)
            Print(a, line);
        ulong lost = a.LostBytes;
        lost.Should().BeGreaterThan(0);
        string first = Shown();
        Print(a, "after\n");
        string rest = Shown();
        rest.Should().StartWith("[lamina] warning: a: " + lost + " bytes of console output were lost").And.EndWith("\na| after\n");
        first.Split('\n').SkipLast(1).Should().OnlyContain(shown => shown == "a| " + line.TrimEnd('\n'));
    }

    [Fact]
    public void ManyBytesAtOnceAreShownAsOneByOne()
    {
        var text = Gen.Frequency(
            (6, Gen.Choose(0x20, 0x7E).Select(c => (byte)c).ListOf().Select(run => run.ToArray())),
            (2, Gen.Constant("\r\n"u8.ToArray())),
            (1, Gen.Constant("\n"u8.ToArray())),
            (1, Gen.Choose(0, 255).Select(b => new[] { (byte)b })),
            (1, Gen.Constant(new byte[700].Select(_ => (byte)'x').ToArray())),
            (1, Gen.Constant("€\b\e"u8.ToArray())));
        var pieces = from runs in text.ListOf()
                     from cuts in Gen.Choose(1, 100).ArrayOf()
                     select (Bytes: runs.SelectMany(run => run).ToArray(), Cuts: cuts.Length == 0 ? [1] : cuts);
        Prop.ForAll(pieces.ToArbitrary(), piece =>
        {
            string oneByOne = ShownOf(source => Print(source, piece.Bytes));
            string atOnce = ShownOf(source => source.Write(piece.Bytes.AsSpan()));
            string inPieces = ShownOf(source =>
            {
                for (int at = 0, cut = 0; at < piece.Bytes.Length; cut++)
                {
                    int count = Math.Min(piece.Cuts[cut % piece.Cuts.Length], piece.Bytes.Length - at);
                    source.Write(piece.Bytes.AsSpan(at, count));
                    at += count;
                }
            });
            return atOnce == oneByOne && inPieces == oneByOne;
        }).QuickCheckThrowOnFailure();
    }

    private static string ShownOf(Action<ConsoleSource> print)
    {
        var test = new ConsoleMultiplexerTests();
        var a = test._console.Add("a");
        Print(a, "b");
        test._cpu.RunTo(Delay);
        print(a);
        test._cpu.RunTo(test._cpu.Tsc + Delay);
        return test.Shown();
    }

    [Fact]
    public void PlainTextIsWhatIsPrintableAscii()
    {
        var bytes = Gen.Frequency((30, Gen.Choose(0x20, 0x7E)), (1, Gen.Choose(0, 255))).Select(b => (byte)b).ArrayOf();
        Prop.ForAll(bytes.ToArbitrary(), text => PlainText.LengthOf(text) == text.TakeWhile(b => b is >= 0x20 and < 0x7F).Count())
            .QuickCheckThrowOnFailure();
        for (int b = 0; b <= 255; b++)
            PlainText.LengthOf([0x20, 0x7E, (byte)b, 0x7E, 0x20, 0x20, 0x20, 0x20]).Should().Be(b is >= 0x20 and < 0x7F ? 8 : 2);
    }

    [Fact]
    public void WhateverGuestsPrintEachLineIsTheirsAndCarriesNoControl()
    {
        var bytes = Gen.Frequency(
            (4, Gen.Choose(0, 255)),
            (2, Gen.Elements(8, 10, 13, 27, 0x5B, 0xC2, 0x9B, 0xE2, 0x80, 0xAE)),
            (2, Gen.Choose(0x20, 0x7E)));
        var step = from source in Gen.Choose(0, 2)
                   from text in bytes.ListOf()
                   from time in Gen.Choose(0, 60)
                   select (source, text.Select(b => (byte)b).ToArray(), time);
        Prop.ForAll(step.ArrayOf().ToArbitrary(), steps =>
        {
            var console = new ConsoleMultiplexer();
            var cpu = new FakeCpu();
            console.Start(cpu, Delay);
            ConsoleSource[] sources = [console.Add("a"), console.Add("b")];
            var log = new Log(console);
            foreach (var (source, text, time) in steps)
            {
                if (source == 2)
                    log.Info("said").End();
                else
                    Print(sources[source], text);
                cpu.RunTo(cpu.Tsc + (ulong)time);
            }

            string shown = console.Ring.TakeText();
            int lines = 0;
            foreach (string line in shown.Split('\n'))
            {
                bool known = line.Length == 0 || line == "[lamina] said" || line.StartsWith("a| ", StringComparison.Ordinal)
                    || line.StartsWith("b| ", StringComparison.Ordinal);
                bool harmless = line.All(c => c is '\t' or '\b' || (!char.IsControl(c) && c is not (>= '\u2028' and <= '\u202E')));
                if (!known || !harmless || !BackspacesStay(line))
                    return false;
                lines += line == "[lamina] said" ? 1 : 0;
            }

            return lines == steps.Count(s => s.source == 2);
        }).QuickCheckThrowOnFailure();
    }

    private static bool BackspacesStay(string line)
    {
        int column = 0;
        foreach (char c in line.Skip(3))
        {
            column += c == '\b' ? -1 : c is >= ' ' and < '\u007f' ? 1 : 0;
            if (column < 0)
                return false;
        }

        return true;
    }
}
