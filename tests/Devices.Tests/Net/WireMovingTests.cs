using System;
using System.Threading;
using System.Threading.Tasks;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Net;

/// <summary>An end of a wire gets another home, and the other end knows nothing of it.</summary>
public sealed class WireMovingTests : IDisposable
{
    private const int Moves = 3_000, Burst = 16;
    private static readonly TimeSpan s_stillness = TimeSpan.FromSeconds(60);

    private readonly Wire _wire = new("test", default, default, 1_000_000_000);
    private readonly FakeCpu _supervisor = new(0);
    private readonly TestMachine _receiver = new();

    public void Dispose() => _receiver.Dispose();

    [Fact]
    public void A_wake_that_comes_to_the_old_home_is_passed_on()
    {
        FakeCpu sender = new(1), before = new(2), after = new(3);
        var probe = new Probe(() => 0);
        _wire.First.Place(sender, _supervisor);
        _wire.First.GoLive();
        _wire.Second.Place(before, _supervisor);
        _wire.Second.TryAttach(_receiver.Machine, probe).Should().BeTrue();
        _wire.Second.GoLive();
        _receiver.Machine.DoWork();

        _wire.First.WakePeer();
        _wire.Second.GoQuiet();
        _wire.Second.Place(after, _supervisor);
        before.ServeInterrupts();
        _receiver.Machine.HasWork.Should().BeFalse();
        after.ServeInterrupts();
        _receiver.Machine.HasWork.Should().BeFalse("it looks when it goes live there");
        _wire.Second.GoLive();
        _receiver.Machine.HasWork.Should().BeTrue();
        _receiver.Machine.DoWork();

        // A mail that was sent before goes from the old home to the new one, however late.
        _wire.Second.GoQuiet();
        _wire.Second.Place(before, _supervisor);
        _wire.First.WakePeer();
        _wire.Second.Place(after, _supervisor);
        _wire.Second.GoLive();
        _receiver.Machine.DoWork();
        before.ServeInterrupts();
        _receiver.Machine.HasWork.Should().BeFalse("the old home touches nothing of the VM");
        after.ServeInterrupts();
        _receiver.Machine.HasWork.Should().BeTrue();
    }

    /// <summary>One CPU wakes, two are the home in turns, and a fourth moves it. Each sleeps until it is interrupted: with one wake-up lost all stand still.</summary>
    [Fact]
    public async Task From_many_threads_no_wake_is_lost_and_nobody_works_at_the_wrong_home()
    {
        long sent = 0, seen = 0;
        bool isOver = false;
        using Home sender = new(), one = new(), other = new();
        var probe = new Probe(() => Volatile.Read(ref sent));
        Home[] homes = [one, other];
        foreach (var home in homes)
            home.Work = () =>
            {
                if (!home.IsLive) return;
                while (_receiver.Machine.HasWork) _receiver.Machine.DoWork();
                Volatile.Write(ref seen, probe.Seen);
            };
        _wire.First.Place(sender.Cpu, _supervisor);
        _wire.First.GoLive();
        _wire.Second.Place(one.Cpu, _supervisor);
        _wire.Second.TryAttach(_receiver.Machine, probe).Should().BeTrue();
        foreach (var home in homes) home.Start(() => Volatile.Read(ref isOver));
        Go(one);

        string failure = "";
        var sending = Task.Factory.StartNew(
            () =>
            {
                while (!Volatile.Read(ref isOver) && failure.Length == 0)
                {
                    for (int i = 0; i < Burst; i++)
                    {
                        Volatile.Write(ref sent, sent + 1);
                        _wire.First.WakePeer();
                    }
                    var since = DateTime.UtcNow;
                    while (Volatile.Read(ref seen) != sent)
                    {
                        if (DateTime.UtcNow - since > s_stillness)
                        {
                            failure = $"{sent} sent, {seen} seen";
                            break;
                        }
                        Thread.Yield();
                    }
                }
            }, TaskCreationOptions.LongRunning);
        for (int move = 1; move <= Moves && failure.Length == 0; move++)
        {
            Home from = homes[(move + 1) % 2], to = homes[move % 2];
            from.Ask(() =>
            {
                from.IsLive = false;
                _wire.Second.GoQuiet();
            });
            _wire.Second.Place(to.Cpu, _supervisor);
            Go(to);
        }
        Volatile.Write(ref isOver, true);
        await sending;
        failure.Should().BeEmpty();
        sent.Should().BeGreaterThan(Burst);
        foreach (var home in homes) home.Interrupt();

        void Go(Home home) => home.Ask(() =>
        {
            home.IsLive = true;
            _wire.Second.GoLive();
        });
    }

    /// <summary>What wakes the receiver has it look.</summary>
    private sealed class Probe(Func<long> look) : VmWork
    {
        public long Seen { get; private set; }

        protected override void Run() => Seen = look();
    }

    /// <summary>A CPU that is a thread.</summary>
    private sealed class Home : IDisposable
    {
        private readonly AutoResetEvent _interrupt = new(false);
        private Thread? _thread;

        public Home() => Cpu = new FakeCpu { Interrupted = () => _interrupt.Set() };

        public FakeCpu Cpu { get; }
        public bool IsLive { get; set; }
        public Action Work { get; set; } = () => { };

        public void Start(Func<bool> isOver)
        {
            _thread = new Thread(() =>
            {
                while (!isOver())
                {
                    _interrupt.WaitOne();
                    Cpu.ServeInterrupts();
                    Work();
                }
            });
            _thread.Start();
        }

        public void Interrupt() => _interrupt.Set();

        public void Ask(Action action)
        {
            using var done = new ManualResetEventSlim();
            Cpu.Send(new Errand(() =>
            {
                action();
                done.Set();
            }));
            done.Wait(s_stillness).Should().BeTrue("a CPU answers");
        }

        public void Dispose()
        {
            _thread?.Join();
            _interrupt.Dispose();
        }
    }

    private sealed class Errand(Action action) : CpuWork
    {
        public override void Run(Cpu cpu) => action();
    }
}
