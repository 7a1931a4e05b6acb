using System.Collections.Generic;
using System.Linq;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Testing;

namespace Lamina.Host.Tests;

/// <summary>The stream's room among those who print faster than it goes out.</summary>
public class ConsoleFairnessTests
{
    private const ulong Delay = 50;
    private const int MostReadAtOnce = 2000;
    private static readonly byte[] s_line = Encoding.ASCII.GetBytes(new string('x', 79) + "\n");

    private readonly ConsoleMultiplexer _console = new();
    private readonly FakeCpu _cpu = new();

    public ConsoleFairnessTests() => _console.Start(_cpu, Delay);

    private static void Flood(ConsoleSource source, int bytes = 2 * ConsoleMultiplexer.RingSize)
    {
        for (int i = 0; i < bytes / s_line.Length; i++)
            source.Write(s_line);
    }

    private string Drain(int most) => _console.Ring.TakeText(most);

    [Fact]
    public void WhoComesAfterOneThatFloodsStillFindsRoom()
    {
        Flood(_console.Add("flood"));
        for (int vm = 0; vm < 8; vm++)
        {
            var late = _console.Add("late" + vm);
            late.Write(s_line);
            late.LostBytes.Should().Be(0);
        }

        new Log(_console).Info("said").End();
        string shown = Drain(int.MaxValue);
        shown.Should().EndWith("[lamina] said\n");
        shown.Split('\n').Count(line => line.StartsWith("late")).Should().Be(8);
    }

    [Fact]
    public void ThatManyFloodLeavesTheHypervisorItsRoom()
    {
        for (int vm = 0; vm < 64; vm++)
            Flood(_console.Add("flood" + vm));
        _console.Ring.Room.Should().BeGreaterThanOrEqualTo(ConsoleMultiplexer.HypervisorReserve);
        new Log(_console).Info("said").End();
        Drain(int.MaxValue).Should().EndWith("[lamina] said\n");
    }

    /// <summary>However several flood, and however little goes out between: one that prints a line now and then loses none.</summary>
    [Fact]
    public void OneThatPrintsALineNowAndThenLosesNone()
    {
        var step = Gen.Choose(1, MostReadAtOnce).ArrayOf(200);
        var floods = Gen.Choose(1, 8);
        Prop.ForAll(floods.ToArbitrary(), step.ToArbitrary(), (count, reads) =>
        {
            var test = new ConsoleFairnessTests();
            ConsoleSource[] flooders = [.. Enumerable.Range(0, count).Select(i => test._console.Add("flood" + i))];
            var quiet = test._console.Add("quiet");
            foreach (var flooder in flooders)
                Flood(flooder);
            int printed = 0;
            var shown = new StringBuilder();
            foreach (int read in reads)
            {
                foreach (var flooder in flooders)
                    Flood(flooder, 2 * MostReadAtOnce);
                // It may have as much on its way as goes out meanwhile.
                if (quiet.WaitingBytes(test._console.Ring.Read) == 0)
                {
                    quiet.Write(s_line);
                    printed++;
                }

                shown.Append(test.Drain(read));
                test._cpu.Run(Delay);
            }

            shown.Append(test.Drain(int.MaxValue));
            return quiet.LostBytes == 0 && shown.ToString().Split('\n').Count(line => line.StartsWith("quiet| x")) == printed;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void LossIsToldByTheNameOfWhoLostWithoutAnotherByte()
    {
        var a = _console.Add("a");
        var b = _console.Add("b");
        Flood(a);
        b.Write(s_line);
        ulong lost = a.LostBytes;
        _cpu.Run(10 * Delay);
        a.LostBytes.Should().Be(lost, "there is no room to tell it");
        Drain(int.MaxValue).Should().NotContain("lost");
        _cpu.Run(2 * Delay);
        Drain(int.MaxValue).Should().Be($"[lamina] warning: a: {lost} bytes of console output were lost: the serial port is slower\n");
        _cpu.Run(2 * Delay);
        _console.Ring.Count.Should().Be(0, "it is told once");
        _cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void WhatIsShownBareIsLostByTheByteAndTold()
    {
        var a = _console.Add("a");
        _console.ShowBare(a);
        Flood(a);
        string shown = Drain(int.MaxValue);
        ((ulong)shown.Length + a.LostBytes).Should().Be((ulong)(2 * ConsoleMultiplexer.RingSize / s_line.Length * s_line.Length));
        shown.Should().StartWith(Encoding.ASCII.GetString(s_line));
        _cpu.Run(2 * Delay);
        Drain(int.MaxValue).Should().Contain("[lamina] warning: a: ");
    }
}
