using System;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Text.RegularExpressions;
using System.Threading;
using System.Threading.Tasks;
using Lamina.Testing;

namespace Lamina.Host.Tests;

public class RemoteConsoleOutputTests
{
    private const ulong Delay = 10_000;
    private const ulong Pause = 1_000;
    private const int NoSleep = -1;
    private static readonly TimeSpan s_stillness = TimeSpan.FromMinutes(2);

    private readonly ConsoleMultiplexer _multiplexer = new();
    private readonly FakeCpu _home = new();
    private readonly FakeCpu _first = new();
    private readonly ConsoleSource _console;
    private readonly RemoteConsoleOutput _output;

    public RemoteConsoleOutputTests()
    {
        _multiplexer.Start(_first, Delay);
        _console = _multiplexer.Add("app");
        _output = new RemoteConsoleOutput(_console, _home, _first, Pause);
    }

    private string Shown() => _multiplexer.Ring.TakeText();

    private void Print(string text) => _output.Write(Encoding.ASCII.GetBytes(text));

    [Fact]
    public void What_is_printed_is_shown_by_the_other_CPU()
    {
        Print("one\ntwo\n");
        Shown().Should().BeEmpty("the home CPU does not touch the stream");
        _first.InterruptsSent.Should().Be(1);
        _first.ServeInterrupts();
        Shown().Should().Be("app| one\napp| two\n");
        _home.InterruptsSent.Should().Be(0);
    }

    [Fact]
    public void One_that_goes_to_another_CPU_prints_all_in_its_order()
    {
        Print("one\ntw");
        _output.MoveTo(_first);
        Print("o\nthree\n");
        Shown().Should().Be("app| one\napp| two\napp| three\n", "that is the CPU of the consoles itself");
        _first.ServeInterrupts();
        int interrupts = _first.InterruptsSent;
        Print("fo");
        _output.MoveTo(_home);
        Print("ur\n");
        _first.InterruptsSent.Should().Be(interrupts + 1);
        _first.ServeInterrupts();
        Shown().Should().Be("app| four\n");
    }

    [Fact]
    public void One_that_prints_byte_by_byte_interrupts_once()
    {
        for (int i = 0; i < 100; i++)
        {
            foreach (byte value in "0123456789\n"u8)
                _output.Write(value);
            _first.ServeInterrupts();
        }

        _first.InterruptsSent.Should().Be(1, "what comes within the pause is found when it is over");
        Shown().Should().Be("app| 0123456789\n");
        _first.Run(Pause);
        Shown().Split('\n').Should().HaveCount(100);
        _first.Run(Pause);
        _first.Deadlines.Count.Should().Be(0, "a pause that has brought nothing is the last");
        Print("again\n");
        _first.InterruptsSent.Should().Be(2);
        _first.ServeInterrupts();
        Shown().Should().Be("app| again\n");
    }

    [Fact]
    public void A_bounded_piece_is_read_at_a_time()
    {
        Print(new string('\n', RemoteConsoleOutput.MostAtOnce) + "end\n");
        _first.ServeInterrupts();
        Shown().Should().NotContain("end");
        _first.Run(Pause);
        Shown().Should().Contain("end");
    }

    [Fact]
    public void What_finds_no_room_is_told_as_the_loss_of_the_console()
    {
        Print(new string('x', RemoteConsoleOutput.Capacity + 10));
        _output.Write((byte)'y');
        _first.ServeInterrupts();
        _first.Run(Delay + 10 * Pause);
        Shown().Should().Contain("[lamina] warning: app: 11 bytes of console output were lost").And.NotContain("y\n");
    }

    [Fact]
    public void All_that_is_left_is_read_when_the_VM_ends_and_the_next_life_goes_on()
    {
        string lines = string.Concat(Enumerable.Repeat("0123456789abcde\n", RemoteConsoleOutput.Capacity / 16));
        Print(lines);
        _output.Drain();
        Shown().Split('\n').Should().HaveCount((RemoteConsoleOutput.Capacity / 16) + 1);
        Print("next\n");
        _first.ServeInterrupts();
        Shown().Should().Be("app| next\n", "mail was on its way from the life before");
        Print("more\n");
        _output.Drain();
        Shown().Should().Be("app| more\n");
        _first.Deadlines.Count.Should().Be(0);
        _first.ServeInterrupts();
        Print("last\n");
        _first.ServeInterrupts();
        Shown().Should().Be("app| last\n");
    }

    /// <summary>
    /// The other CPU looks when it is interrupted or a pause is over, and never else. The writer often waits until it is heard: one signal too few, and both stand still.
    /// </summary>
    [Fact]
    public async Task From_two_threads_each_byte_is_shown_or_told_as_lost()
    {
        const ulong Count = 1_500_000;
        ulong heard = 0;
        bool stop = false;
        var home = Task.Factory.StartNew(() => PrintAndWait(Count, ref heard, ref stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        ulong shown = 0, told = 0;
        // 'x' stands in nothing else that is shown.
        void Look()
        {
            if (_multiplexer.Ring.Count == 0)
                return;
            string text = Shown();
            shown += (ulong)text.Count(c => c == 'x');
            foreach (Match note in Regex.Matches(text, "app: ([0-9]+) bytes"))
                told += ulong.Parse(note.Groups[1].ValueSpan);
        }

        // It fails when nothing more is heard, not when all of it takes long: other work on the machine may have both threads wait for a CPU again and again.
        var stillness = Stopwatch.StartNew();
        var spin = default(SpinWait);
        while (heard < Count && stillness.Elapsed < s_stillness)
        {
            _first.Tsc += Pause / 2;
            _first.ServeInterrupts();
            Look();
            ulong now = shown + told + _console.LostBytes;
            if (now == heard)
            {
                spin.SpinOnce(sleep1Threshold: NoSleep);
                continue;
            }

            Volatile.Write(ref heard, now);
            stillness.Restart();
            spin.Reset();
        }

        Volatile.Write(ref stop, true);
        await home;
        heard.Should().Be(Count, "all that was written is heard of");
        _output.Drain();
        _first.Run(2 * Delay);
        Look();
        (shown + told).Should().Be(Count);
    }

    private void PrintAndWait(ulong count, ref ulong heard, ref bool stop)
    {
        var random = new Random(3);
        byte[] piece = new byte[300];
        piece.AsSpan().Fill((byte)'x');
        ulong written = 0;
        while (written < count)
        {
            bool isFlood = random.Next(10_000) == 0;
            int length = isFlood ? (int)Math.Min(count - written, 50_000) : 1;
            for (int left = length; left > 0; left -= piece.Length)
                _output.Write(piece.AsSpan(0, Math.Min(left, piece.Length)));
            written += (ulong)length;
            if (length == 1 && written < count)
            {
                Thread.SpinWait(random.Next(100));
                _output.Write(piece[0]);
                written++;
            }

            var spin = default(SpinWait);
            while (Volatile.Read(ref heard) != written)
            {
                spin.SpinOnce(sleep1Threshold: NoSleep);
                if (Volatile.Read(ref stop))
                    return;
            }
        }
    }
}
