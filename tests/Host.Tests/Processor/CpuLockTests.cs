using System;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;

namespace Lamina.Host.Tests;

public class CpuLockTests
{
    private const int Cpus = 3;
    private const int Rounds = 300_000;

    [Fact]
    public void It_is_held_from_enter_to_leave()
    {
        var shared = new CpuLock();
        shared.IsHeld.Should().BeFalse();
        shared.Enter();
        shared.IsHeld.Should().BeTrue();
        shared.Leave();
        shared.IsHeld.Should().BeFalse();
        shared.Enter();
        shared.Leave();
    }

    [Fact]
    public async Task Of_many_threads_one_at_a_time_holds_it_and_sees_what_the_last_wrote()
    {
        var shared = new CpuLock();
        int inside = 0;
        bool wereTwo = false;
        // Plain: without the lock additions would be lost, and the two would not stay the same.
        long first = 0, second = 0;
        bool differed = false;
        Task[] cpus = [.. Enumerable.Range(0, Cpus).Select(_ => Task.Factory.StartNew(
            () =>
            {
                for (int i = 0; i < Rounds; i++)
                {
                    shared.Enter();
                    wereTwo |= Interlocked.Increment(ref inside) != 1;
                    differed |= first != second;
                    first++;
                    second++;
                    Interlocked.Decrement(ref inside);
                    shared.Leave();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        await Task.WhenAll(cpus).WaitAsync(TimeSpan.FromSeconds(60));
        wereTwo.Should().BeFalse();
        differed.Should().BeFalse();
        first.Should().Be((long)Cpus * Rounds);
        second.Should().Be((long)Cpus * Rounds);
    }
}
