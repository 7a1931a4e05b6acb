using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Testing;

namespace Lamina.Core.Tests;

/// <summary>Any number of vCPUs that spin or sleep and wake, with any weights and caps: each has its due, which is worked out here in another way.</summary>
public class SchedulerSharesTests
{
    private const ulong Frequency = 1_000_000_000;
    private const ulong Millisecond = Frequency / 1000;
    private const ulong Slice = 10 * Millisecond;
    private const ulong Measured = 10 * Frequency;

    // What an exit that came just before the end of a turn takes beyond it.
    private const ulong LongestExit = Millisecond / 50;
    private const double OfWeight = 0.05, OfCap = 0.02;
    private const int Most = 6;

    private FakeCpu _cpu = new();

    [Fact]
    public void Each_has_its_due_whatever_was_before() => Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(60), Prop.ForAll<PositiveInt>(ArbMap.Default.ArbFor<PositiveInt>(), HasItsDue));

    private void HasItsDue(PositiveInt seed)
    {
        _cpu = new FakeCpu();
        var random = new Random(seed.Get);
        Load[] loads = [.. Enumerable.Range(0, random.Next(1, Most + 1)).Select(i => NewLoad(i, random))];
        var scheduler = Make(loads);
        // Any of them wants nothing for a while, and whoever does has more than its due then.
        foreach (var load in loads)
            if (random.Next(2) == 0) load.Begin();
        Run(scheduler, loads, (ulong)random.NextInt64(1, 20 * (long)Frequency), random);
        foreach (var load in loads) load.Begin();
        Run(scheduler, loads, 2 * Frequency, random);

        ulong[] before = [.. loads.Select(load => load.Share.UsedTicks)];
        ulong start = _cpu.Tsc;
        Run(scheduler, loads, Measured, random);
        double measured = _cpu.Tsc - start;
        double[] due = DueOf(loads);
        string all = string.Join("; ", loads.Select((load, i) => $"{load}: had {(load.Share.UsedTicks - before[i]) / measured:P2}, due {due[i]:P2}"));
        for (int i = 0; i < loads.Length; i++)
        {
            double had = (loads[i].Share.UsedTicks - before[i]) / measured;
            had.Should().BeApproximately(due[i], due[i] * OfWeight + 2 * Slice / measured, $"seed {seed.Get}, vCPU {i} of {all}");
            if (loads[i].Share.CapPercent is > 0 and var cap) had.Should().BeLessThanOrEqualTo(cap / 100.0 * (1 + OfCap), $"seed {seed.Get}, vCPU {i} of {all}");
        }
    }

    /// <summary>What it could not have while its cap kept it back it never gets: it is no sleeper, and no creditor.</summary>
    [Fact]
    public void What_a_cap_kept_back_is_not_owed()
    {
        Load capped = NewLoad("capped", 1, cap: 40), other = NewLoad("other", 2), third = NewLoad("third", 3), fourth = NewLoad("fourth", 4);
        Load[] loads = [capped, other, third, fourth];
        var scheduler = Make(loads);
        var random = new Random(1);
        capped.Begin();
        other.Begin();
        // Its half, but for the cap: it comes to lack ten seconds.
        Run(scheduler, loads, 100 * Frequency, random);
        third.Begin();
        fourth.Begin();
        ulong before = capped.Share.UsedTicks;
        Run(scheduler, loads, Measured, random);
        ((capped.Share.UsedTicks - before) / (double)Measured).Should().BeApproximately(0.25, 0.02);
    }

    /// <summary>One that is alone has turns without end: what it had in them is its own, whether it is awake or asleep when another wakes.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_that_had_the_CPU_to_itself_for_long_shares_it_from_then_on(bool sleeps)
    {
        Load first = NewLoad("first", 1), second = NewLoad("second", 2);
        Load[] loads = [first, second];
        var scheduler = Make(loads);
        first.Begin();
        scheduler.Next().Should().BeSameAs(first.Vcpu);
        _cpu.Run(1000 * Frequency);
        if (sleeps)
        {
            first.Sleep();
            scheduler.Next().Should().BeNull();
        }
        second.Begin();
        first.Vcpu.RaiseNmi();
        Run(scheduler, loads, Frequency, new Random(1));
        second.Share.UsedTicks.Should().BeInRange(Frequency / 2 - 2 * Slice, Frequency / 2 + 2 * Slice);
    }

    /// <summary>Its cap is as much as its weight would give it: slices of the others' do not make it less.</summary>
    [Theory]
    [InlineData(25, 4)]
    [InlineData(33, 3)]
    [InlineData(16, 6)]
    public void A_cap_is_reached_that_is_just_the_weights_part(int cap, int vcpus)
    {
        Load[] loads = [NewLoad("capped", 1, cap: cap), .. Enumerable.Range(2, vcpus - 1).Select(i => NewLoad($"other{i}", i))];
        var scheduler = Make(loads);
        foreach (var load in loads) load.Begin();
        Run(scheduler, loads, Measured, new Random(1));
        (loads[0].Share.UsedTicks / (double)_cpu.Tsc).Should().BeApproximately(cap / 100.0, cap / 100.0 * OfCap);
    }

    /// <summary>Those wants and caps that are below the part that the weights give are had in full, and what they leave is shared by weight, again and again.</summary>
    private static double[] DueOf(Load[] loads)
    {
        double[] due = new double[loads.Length];
        var open = Enumerable.Range(0, loads.Length).ToList();
        for (double left = 1; open.Count != 0;)
        {
            double weights = open.Sum(i => loads[i].Share.Weight);
            double free = left;
            var content = open.Where(i => loads[i].Limit <= free * loads[i].Share.Weight / weights).ToList();
            foreach (int i in content.Count != 0 ? content : open)
            {
                due[i] = content.Count != 0 ? loads[i].Limit : free * loads[i].Share.Weight / weights;
                left -= due[i];
            }
            open = content.Count != 0 ? [.. open.Except(content)] : [];
        }
        return due;
    }

    private void Run(Scheduler scheduler, Load[] loads, ulong ticks, Random random)
    {
        ulong end = _cpu.Tsc + ticks;
        while (_cpu.Tsc < end)
        {
            if (scheduler.Next() is not { } vcpu)
            {
                if (_cpu.Deadlines.Count == 0) _cpu.Tsc = end;
                else _cpu.Idle();
                continue;
            }
            loads.Single(load => load.Vcpu == vcpu).RunTurn(_cpu, scheduler, end);
            _cpu.Tsc += (ulong)random.NextInt64((long)LongestExit);
        }
        scheduler.EndTurn();
    }

    private static Scheduler Make(Load[] loads)
    {
        var scheduler = new Scheduler(loads[0].Vcpu.Machine.Cpu, Frequency, loads.Length);
        foreach (var load in loads)
        {
            scheduler.TryAdd(load.Vcpu);
            load.Sleep();
        }
        return scheduler;
    }

    private Load NewLoad(int index, Random random)
    {
        int weight = random.Next(10, 1000), cap = random.Next(2) == 0 ? 0 : random.Next(1, 101);
        // It spins, or wakes every so often and wants a part of the time until then.
        ulong period = random.Next(2) == 0 ? 0 : (ulong)random.NextInt64((long)Millisecond, 200 * (long)Millisecond);
        return new Load(NewVcpu($"v{index}", index + 1), weight, cap, period, (ulong)(period * random.NextDouble()));
    }

    private Load NewLoad(string name, int root, int cap = 0) => new(NewVcpu(name, root), CpuShare.StandardWeight, cap, 0, 0);

    private unsafe VirtualCpu NewVcpu(string name, int root)
    {
        var machine = new VirtualMachine(
            name, _cpu, new GuestMemory(null, []), null!, new GuestClock(_cpu, Frequency), new GuestCpuid(_cpu, 1, Frequency), (ulong)root);
        var vcpu = new VirtualCpu(machine, 0, new FakeVcpuState());
        machine.Attach([vcpu]);
        vcpu.Reset();
        return vcpu;
    }

    /// <summary>What a vCPU does: spins, or works for a while at each tick of a timer of its own. What it has not done when the next one comes it does then.</summary>
    private sealed class Load : Deadline
    {
        private readonly ulong _period, _work;
        private ulong _left;

        public Load(VirtualCpu vcpu, int weight, int cap, ulong period, ulong work)
        {
            Vcpu = vcpu;
            Share.Weight = weight;
            Share.CapPercent = cap;
            _period = period;
            _work = work;
        }

        public VirtualCpu Vcpu { get; }

        public CpuShare Share => Vcpu.Share;

        private double Wanted => _period == 0 ? 1 : _work / (double)_period;

        /// <summary>The most that it can come to have, as a part of the CPU.</summary>
        public double Limit => Math.Min(Wanted, Share.CapPercent == 0 ? 1 : Share.CapPercent / 100.0);

        /// <summary>It works from now on; nothing happens if it does.</summary>
        public void Begin()
        {
            if (_left != 0 || IsArmed) return;
            if (_period == 0)
            {
                _left = ulong.MaxValue;
                Vcpu.RaiseNmi();
            }
            else Expire(Vcpu.Machine.Cpu.ReadTsc());
        }

        public override void Expire(ulong now)
        {
            _left += _work;
            Vcpu.Machine.Cpu.Arm(this, now + _period);
            Vcpu.RaiseNmi();
        }

        public void Sleep()
        {
            Vcpu.DeliverEvents();
            Vcpu.State.NmiBlocked = false;
            Vcpu.Activity = VcpuActivity.Halted;
        }

        public void RunTurn(FakeCpu cpu, Scheduler scheduler, ulong end)
        {
            Vcpu.DeliverEvents();
            // What was due while the exit before was handled.
            cpu.Run(0);
            while (!scheduler.IsRescheduleDue && _left != 0 && cpu.Tsc < end)
            {
                ulong step = Math.Min(Math.Min(_left, end - cpu.Tsc), cpu.Deadlines.Earliest - cpu.Tsc);
                _left -= step;
                cpu.Run(step);
            }
            if (_left == 0) Sleep();
        }

        public override string ToString() => $"weight {Share.Weight}, cap {Share.CapPercent} %, wants {Wanted:P1} every {_period / (double)Millisecond} ms";
    }
}
