using System;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Boot.Tests;

/// <summary>The lives of VMs with a clock of the test's own.</summary>
public sealed class VmLivesTests
{
    private const ulong Second = 1_000_000;
    private const ulong BackOff = Second / 10;

    private static VmPlan Plan(
        RestartPolicy restart = RestartPolicy.Never, ulong after = 0, ReadyKind ready = ReadyKind.Started, ulong within = 0, ulong backOff = BackOff) =>
        new(after, ready, within, backOff, restart);

    [Fact]
    public void A_VM_starts_when_all_before_it_are_ready_and_not_before()
    {
        var lives = new VmLives([Plan(ready: ReadyKind.Told), Plan(after: 0b001), Plan(after: 0b011)], Second);
        lives.FindStartable().Should().Be(0);
        lives.Start(0, 0);
        lives.FindStartable().Should().Be(-1, "it runs, but has not said that it is ready");
        lives.NoteReady(0).Should().BeTrue();
        lives.NoteReady(0).Should().BeFalse("that is no news");
        lives.FindStartable().Should().Be(1);
        lives.Start(1, 0);
        lives[1].Should().Be(VmState.Ready, "starting was all that it had to do");
        lives.FindStartable().Should().Be(2);
    }

    [Fact]
    public void All_are_ready_when_the_last_is_and_no_longer_when_one_ends()
    {
        var lives = new VmLives([Plan(ready: ReadyKind.Told), Plan(after: 0b001)], Second);
        lives.Start(0, 0);
        lives.AreAllReady.Should().BeFalse();
        lives.NoteReady(0);
        lives.AreAllReady.Should().BeFalse("the second has not started");
        lives.Start(1, 0);
        lives.AreAllReady.Should().BeTrue();
        lives.Stop(1, failed: true, Second);
        lives.AreAllReady.Should().BeFalse();
    }

    [Fact]
    public void One_that_is_late_has_failed()
    {
        var lives = new VmLives([Plan(ready: ReadyKind.Told, within: 5 * Second, restart: RestartPolicy.OnFailure)], Second);
        lives.Start(0, 7);
        lives.Earliest.Should().Be(7 + 5 * Second);
        lives.FindDue(6 + 5 * Second).Should().Be(-1);
        lives.FindDue(7 + 5 * Second).Should().Be(0);
        lives.Stop(0, failed: true, 7 + 5 * Second);
        lives.Free(0, 6 * Second);
        lives[0].Should().Be(VmState.BackingOff);
        lives.FindDue(6 * Second + BackOff - 1).Should().Be(-1);
        lives.FindDue(6 * Second + BackOff).Should().Be(0);
    }

    [Fact]
    public void One_that_is_ready_in_time_is_never_late()
    {
        var lives = new VmLives([Plan(ready: ReadyKind.Told, within: Second)], Second);
        lives.Start(0, 0);
        lives.NoteReady(0);
        lives.Earliest.Should().Be(ulong.MaxValue);
    }

    [Theory]
    [InlineData(true, RestartPolicy.Never, VmState.Failed)]
    [InlineData(false, RestartPolicy.Never, VmState.Ended)]
    [InlineData(true, RestartPolicy.OnFailure, VmState.BackingOff)]
    [InlineData(false, RestartPolicy.OnFailure, VmState.Ended)]
    [InlineData(true, RestartPolicy.Always, VmState.BackingOff)]
    [InlineData(false, RestartPolicy.Always, VmState.BackingOff)]
    internal void The_restart_policy_decides(bool failed, RestartPolicy restart, VmState then)
    {
        var lives = new VmLives([Plan(restart)], Second);
        lives.Start(0, 0);
        lives.Stop(0, failed, 10 * Second);
        lives[0].Should().Be(VmState.Ending);
        lives.Free(0, 10 * Second);
        lives[0].Should().Be(then);
        lives.IsDone.Should().Be(then != VmState.BackingOff);
    }

    [Fact]
    public void Who_comes_after_one_that_is_gone_never_starts_and_neither_does_who_comes_after_that()
    {
        var lives = new VmLives([Plan(ready: ReadyKind.Told), Plan(after: 0b001), Plan(after: 0b010)], Second);
        lives.Start(0, 0);
        lives.FindHopeless(out _).Should().Be(-1);
        lives.Stop(0, failed: true, 0);
        lives.FindHopeless(out _).Should().Be(-1, "what follows is not known before it holds nothing");
        lives.Free(0, 0);
        lives.FindHopeless(out int lost).Should().Be(1);
        lost.Should().Be(0);
        lives.GiveUp(1);
        lives.FindHopeless(out lost).Should().Be(2);
        lost.Should().Be(1);
        lives.GiveUp(2);
        lives.FindStartable().Should().Be(-1);
        lives.IsDone.Should().BeTrue();
    }

    [Fact]
    public void Early_failures_double_the_pause_up_to_a_minute_and_one_long_life_forgets_them()
    {
        var lives = new VmLives([Plan(RestartPolicy.Always)], Second);
        ulong now = 0, expected = BackOff;
        for (int i = 0; i < 100; i++)
        {
            lives.Start(0, now);
            lives.Stop(0, failed: true, ++now);
            lives.PauseOf(0).Should().Be(expected);
            expected = Math.Min(2 * expected, 60 * Second);
        }
        lives.Start(0, now);
        lives.Stop(0, failed: true, now += 2 * Second);
        lives.PauseOf(0).Should().Be(BackOff);
    }

    [Fact]
    public void The_longest_pause_of_the_fastest_TSC_is_not_doubled_into_none()
    {
        const ulong fast = 1UL << 34;
        var lives = new VmLives([Plan(RestartPolicy.Always, backOff: 60 * fast)], fast);
        for (int i = 0; i < 100; i++)
        {
            lives.Start(0, 0);
            lives.Stop(0, failed: true, 1);
            lives.PauseOf(0).Should().Be(60 * fast);
            lives.Free(0, 1);
            lives.Build(0);
        }
    }

    [Fact]
    public void A_failure_before_it_was_ready_is_early_however_long_it_took()
    {
        var lives = new VmLives([Plan(RestartPolicy.OnFailure, ready: ReadyKind.Told)], Second);
        foreach (ulong pause in (ulong[])[BackOff, 2 * BackOff, 4 * BackOff, BackOff])
        {
            lives.Start(0, 0);
            // The last time it comes to work, and forgets the failures before.
            if (lives.PauseOf(0) == 4 * BackOff) lives.NoteReady(0);
            lives.Stop(0, failed: true, 5 * Second);
            lives.PauseOf(0).Should().Be(pause);
            lives.Free(0, 5 * Second);
            lives.Build(0);
        }
    }

    [Fact]
    public void One_that_ends_early_by_itself_has_the_plain_pause_each_time()
    {
        var lives = new VmLives([Plan(RestartPolicy.Always)], Second);
        for (int i = 0; i < 100; i++)
        {
            lives.Start(0, 0);
            lives.Stop(0, failed: false, 1);
            lives.PauseOf(0).Should().Be(BackOff);
        }
    }

    [Fact]
    public void A_guest_that_only_resets_itself_has_failed()
    {
        var lives = new VmLives([Plan()], Second);
        lives.Start(0, 0);
        for (int i = 0; i < VmLives.MostEarlyResets; i++) lives.NoteReset(0, 0).Should().BeTrue();
        lives.NoteReset(0, 0).Should().BeFalse();
    }

    [Fact]
    public void Who_comes_after_one_that_was_ready_and_has_done_its_work_starts()
    {
        var lives = new VmLives([Plan(), Plan(after: 0b01)], Second);
        lives.Start(0, 0);
        lives.Stop(0, failed: false, 0);
        lives.FindStartable().Should().Be(-1, "it is not known yet whether it comes back");
        lives.Free(0, 0);
        lives.FindHopeless(out _).Should().Be(-1);
        lives.FindStartable().Should().Be(1);
    }

    /// <summary>Whatever happens in whatever order: nobody starts before those before it were ready, a pause is never cut short, and in the end all is done or waits for a time.</summary>
    [Fact]
    public void Whatever_happens_the_rules_hold() => Prop.ForAll(ArbMap.Default.ArbFor<(byte Vm, byte What, ushort Ticks)[]>(), events =>
    {
        const int count = 4;
        VmPlan[] plans =
        [
            Plan(RestartPolicy.OnFailure, ready: ReadyKind.Told, within: Second), Plan(RestartPolicy.Always, after: 0b0001),
            Plan(after: 0b0011, ready: ReadyKind.Told), Plan(RestartPolicy.OnFailure, after: 0b0100),
        ];
        var lives = new VmLives(plans, Second);
        var wasReady = new bool[count];
        var resumes = new ulong[count];
        ulong now = 0;
        foreach (var (vm, what, ticks) in events)
        {
            now += ticks * 16UL;
            Settle(lives, now, wasReady, resumes, plans);
            int i = vm % count;
            if (lives[i] is VmState.Running or VmState.Ready && what % 3 != 0) lives.Stop(i, failed: what % 3 == 1, now);
            else if (lives.NoteReady(i)) wasReady[i] = true;
            if (lives[i] == VmState.Ending)
            {
                lives.Free(i, now);
                resumes[i] = now + lives.PauseOf(i);
            }
        }
        return Enumerable.Range(0, count).All(i => lives[i] is not (VmState.Ending or VmState.Starting));
    }).QuickCheckThrowOnFailure();

    private static void Settle(VmLives lives, ulong now, bool[] wasReady, ulong[] resumes, VmPlan[] plans)
    {
        while (true)
        {
            if (lives.FindHopeless(out int lost) is >= 0 and int hopeless)
            {
                lives[lost].Should().BeOneOf(VmState.Ended, VmState.Failed);
                lives.GiveUp(hopeless);
            }
            else if (lives.FindStartable() is >= 0 and int startable)
            {
                for (int other = 0; other < wasReady.Length; other++)
                    if ((plans[startable].After >> other & 1) != 0) wasReady[other].Should().BeTrue("{0} comes before {1}", other, startable);
                Begin(startable);
            }
            else if (lives.FindDue(now) is >= 0 and int due)
            {
                if (lives[due] == VmState.BackingOff)
                {
                    now.Should().BeGreaterThanOrEqualTo(resumes[due]);
                    lives.Build(due);
                    Begin(due);
                }
                else
                {
                    lives.Stop(due, failed: true, now);
                    lives.Free(due, now);
                    resumes[due] = now + lives.PauseOf(due);
                }
            }
            else return;
        }

        void Begin(int vm)
        {
            lives.Start(vm, now);
            if (lives[vm] == VmState.Ready) wasReady[vm] = true;
        }
    }
}
