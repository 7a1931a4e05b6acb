using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using Lamina.Testing;

namespace Lamina.Core.Tests;

public class CpuMailboxTests
{
    private const int Senders = 3;
    private const int Rounds = 200_000;

    private static readonly FakeCpu s_cpu = new();

    private readonly CpuMailbox _box = new();

    [Fact]
    public void Work_is_done_in_the_order_in_which_it_was_sent()
    {
        var done = new List<int>();
        for (int i = 0; i < 5; i++)
        {
            int number = i;
            _box.Put(new Note(() => done.Add(number))).Should().Be(i == 0, "who finds the box empty interrupts, and no other");
        }
        _box.Empty(s_cpu);
        done.Should().Equal(0, 1, 2, 3, 4);
        _box.Empty(s_cpu);
        done.Should().HaveCount(5);
    }

    [Fact]
    public void Work_on_its_way_is_not_sent_twice_and_can_send_itself_again()
    {
        int runs = 0;
        Note? work = null;
        work = new Note(() =>
        {
            if (++runs == 1) _box.Put(work!).Should().BeTrue();
        });
        _box.Put(work).Should().BeTrue();
        _box.Put(work).Should().BeFalse();
        _box.Empty(s_cpu);
        runs.Should().Be(1, "what comes meanwhile waits for the next time");
        _box.Empty(s_cpu);
        runs.Should().Be(2);
    }

    /// <summary>The receiver sleeps unless it is interrupted, as a CPU does: one interrupt too few, and it sleeps for ever.</summary>
    [Fact]
    public async Task From_many_threads_nothing_is_lost_and_nobody_polls()
    {
        using var interrupt = new SemaphoreSlim(0);
        // What a sender has counted up to, and how far the receiver has seen it.
        long[] sent = new long[Senders * 2], seen = new long[Senders * 2];
        bool goesBack = false;
        long interrupts = 0;
        var works = Enumerable.Range(0, Senders * 2).Select(i => new Note(() =>
        {
            long now = Volatile.Read(ref sent[i]);
            goesBack |= now < seen[i];
            Volatile.Write(ref seen[i], now);
        })).ToArray();

        var receiver = Task.Factory.StartNew(
            () =>
            {
                while (seen.Sum() < (long)Senders * 2 * Rounds)
                {
                    if (!interrupt.Wait(10_000)) return false;
                    _box.Empty(s_cpu);
                }
                return true;
            }, TaskCreationOptions.LongRunning);
        var senders = Enumerable.Range(0, Senders).Select(sender => Task.Factory.StartNew(
            () =>
            {
                for (int round = 1; round <= Rounds; round++)
                    for (int i = 2 * sender; i < 2 * sender + 2; i++)
                    {
                        Volatile.Write(ref sent[i], round);
                        if (!_box.Put(works[i])) continue;
                        Interlocked.Increment(ref interrupts);
                        interrupt.Release();
                    }
            }, TaskCreationOptions.LongRunning)).ToArray();
        await Task.WhenAll(senders);
        (await receiver).Should().BeTrue("every interrupt has come");
        seen.Should().OnlyContain(value => value == Rounds, "each has seen what was written last");
        goesBack.Should().BeFalse();
        interrupts.Should().BePositive().And.BeLessThanOrEqualTo((long)Senders * 2 * Rounds);
    }

    private sealed class Note(System.Action action) : CpuWork
    {
        public override void Run(Cpu cpu) => action();
    }
}
