using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
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

    private string Shown()
    {
        var bytes = new List<byte>();
        while (_console.Ring.TryRead(out byte value))
            bytes.Add(value);
        return Encoding.UTF8.GetString(bytes.ToArray());
    }

    [Fact]
    public void EachLineSaysWhoseItIs()
    {
        var a = _console.Add("a", false);
        var b = _console.Add("net", false);
        Print(a, "hel");
        Print(b, "wor");
        Print(a, "lo\r\n");
        Print(b, "ld\n");
        new Log(_console).Info("done").End();
        Shown().Should().Be("a| hello\nnet| world\n[lamina] done\n");
    }

    [Fact]
    public void AnUnfinishedLineIsShownWhenItHasWaited()
    {
        var a = _console.Add("a", false);
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
        var a = _console.Add("a", false);
        var b = _console.Add("b", false);
        Print(a, "login: ");
        _cpu.RunTo(Delay);
        Print(b, "hi\n");
        Print(a, "root\n");
        Shown().Should().Be("a| login: \nb| hi\na| root\n");
    }

    [Fact]
    public void ALineThatEndsInTimeArmsNothingForLater()
    {
        var a = _console.Add("a", false);
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
        Print(_console.Add("a", false), printed);
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
        Print(_console.Add("a", false), printed);
        Shown().Should().Be(shown);
    }

    [Fact]
    public void BackspacesNeverReachAPrefixInALineThatWentOn()
    {
        var a = _console.Add("a", false);
        Print(a, "abc");
        _cpu.RunTo(Delay);
        Print(_console.Add("b", false), "x\n");
        Print(a, "\b\b\bY\n");
        Shown().Should().Be("a| abc\nb| x\na| Y\n");
    }

    [Fact]
    public void BareMeansThatEscapeSequencesPass()
    {
        Print(_console.Add("a", true), "\u001b[31mred\r\n");
        Shown().Should().Be("a| \u001b[31mred\r\n");
    }

    [Fact]
    public void WhatFindsNoRoomIsCountedAndToldAndForgesNothing()
    {
        var a = _console.Add("a", false);
        string line = new string('x', 100) + "\n";
        for (int i = 0; i < 1000; i++)
            Print(a, line);
        _console.LostBytes.Should().BeGreaterThan(0);
        string first = Shown();
        Print(a, "after\n");
        string rest = Shown();
        rest.Should().StartWith("[lamina] warning: " + _console.LostBytes + " bytes of console output were lost").And.EndWith("\na| after\n");
        first.Split('\n').SkipLast(1).Should().OnlyContain(shown => shown == "a| " + line.TrimEnd('\n'));
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
            ConsoleSource[] sources = [console.Add("a", false), console.Add("b", false)];
            var log = new Log(console);
            foreach (var (source, text, time) in steps)
            {
                if (source == 2)
                    log.Info("said").End();
                else
                    Print(sources[source], text);
                cpu.RunTo(cpu.Tsc + (ulong)time);
            }

            var bytes = new List<byte>();
            while (console.Ring.TryRead(out byte value))
                bytes.Add(value);
            string shown = new UTF8Encoding(false, true).GetString(bytes.ToArray());
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

    /// <summary>Text in pieces of any size prints what it prints byte by byte, whatever is in it and wherever it is cut.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void PiecesPrintWhatBytesPrint(bool bare)
    {
        // Mostly printable, as guests print; some of everything else, at the edges of what is printable above all.
        var value = Gen.Frequency(
            (20, Gen.Choose(0x20, 0x7E)), (2, Gen.Elements(0x1F, 0x20, 0x7E, 0x7F, 0x80, 0xFF)), (2, Gen.Elements(0x0A, 0x0D, 0x08, 0x09, 0x1B)), (1, Gen.Choose(0, 255)));
        var piece = from text in value.ArrayOf().Resize(700) from pause in Gen.Choose(0, 80) from other in Gen.Choose(0, 5) select (text.Select(v => (byte)v).ToArray(), pause, other == 0);
        Prop.ForAll(piece.ArrayOf().Resize(12).ToArbitrary(), pieces =>
        {
            string Print(bool whole)
            {
                var console = new ConsoleMultiplexer();
                var cpu = new FakeCpu();
                console.Start(cpu, Delay);
                ConsoleSource a = console.Add("a", bare), b = console.Add("b", false);
                ulong now = 0;
                foreach (var (text, pause, other) in pieces)
                {
                    if (whole) a.Write(text);
                    else foreach (byte v in text) a.Write(v);
                    if (other) b.Write("other\n"u8);
                    cpu.RunTo(now += (ulong)pause);
                }
                cpu.RunTo(now + 2 * Delay);
                var shown = new List<byte>();
                while (console.Ring.TryRead(out byte v)) shown.Add(v);
                return Encoding.Latin1.GetString(shown.ToArray());
            }
            Print(whole: true).Should().Be(Print(whole: false));
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>Each byte value in each place of a word of eight, between printable ones.</summary>
    [Fact]
    public void EachByteIsSeenWhereverItIs()
    {
        for (int value = 0; value < 256; value++)
        {
            for (int place = 0; place < 8; place++)
            {
                byte[] text = Enumerable.Repeat((byte)'~', 16).ToArray();
                text[place] = (byte)value;
                ConsoleMultiplexer whole = new(), single = new();
                var source = whole.Add("a", false);
                source.Write(text);
                source.Write("\n"u8);
                Print(single.Add("a", false), [.. text, (byte)'\n']);
                string Read(ConsoleMultiplexer console)
                {
                    var shown = new List<byte>();
                    while (console.Ring.TryRead(out byte v)) shown.Add(v);
                    return Encoding.Latin1.GetString(shown.ToArray());
                }
                Read(whole).Should().Be(Read(single));
            }
        }
    }
}
