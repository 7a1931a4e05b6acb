using System.Linq;
using Lamina.Core;

namespace Lamina.Boot.Tests;

public class MoveRulesTests
{
    private const ulong Second = 1_000_000_000, Now = 50 * Second;
    private const int Vms = 4;

    private readonly MoveRules _rules = new(Vms, Second);

    private static WaitingPart Part(int vm, ulong since, ulong allowed = ulong.MaxValue) => new(vm, since, new CpuSet(allowed));

    [Fact]
    public void WhoWaitsLongestGoes() => _rules.Choose([Part(0, Now - 5), Part(1, Now - 7), Part(2, Now - 6)], 1, Now).Should().Be(1);

    [Fact]
    public void OfTwoThatWaitAsLongTheFirstGoes() => _rules.Choose([Part(3, Now - 5), Part(1, Now - 5)], 1, Now).Should().Be(0);

    [Fact]
    public void NobodyGoesWhereHeIsNotAllowed()
    {
        _rules.Choose([Part(0, Now - 9, allowed: 0b01), Part(1, Now - 5, allowed: 0b10)], 1, Now).Should().Be(1);
        _rules.Choose([Part(0, Now - 9, allowed: 0b01)], 1, Now).Should().Be(-1);
        _rules.Choose([Part(0, Now - 9, allowed: 0b01), Part(1, Now - 5)], CpuSet.NamedCpus, Now).Should().Be(1, "a mask cannot name that CPU");
    }

    /// <summary>One VM has CPUs 1 and 2, one CPU 0 alone, one CPU 3 and another on which no VM can live.</summary>
    [Fact]
    public void NobodyIsLookedForWhereNobodyMayGo()
    {
        CpuSet[] allowed = [new(0b0110), new(0b0001), new(1UL << 5 | 0b1000)];
        int[] cpus = [0, 1, 2, 3];
        cpus.Where(cpu => MoveRules.CanMoveFrom(cpu, cpus, allowed)).Should().Equal(1, 2);
        cpus.Where(cpu => MoveRules.CanMoveFrom(cpu, cpus, [.. allowed, CpuSet.All])).Should().Equal(cpus);
        MoveRules.CanMoveFrom(0, [0], [CpuSet.All]).Should().BeFalse("there is no other");
    }

    [Fact]
    public void WhereNobodyWaitsNobodyGoes() => _rules.Choose([], 1, Now).Should().Be(-1);

    [Fact]
    public void OneThatWasMovedStaysForASecond()
    {
        _rules.Note(0, Now);
        _rules.Choose([Part(0, Now - 9)], 0, Now + Second - 1).Should().Be(-1);
        _rules.Choose([Part(0, Now - 9), Part(1, Now - 5)], 0, Now + Second - 1).Should().Be(1);
        _rules.Choose([Part(0, Now - 9)], 0, Now + Second).Should().Be(0);
    }

    [Fact]
    public void AllVmsAreMovedTenTimesASecondAtMost()
    {
        _rules.IsTime(Now).Should().BeTrue();
        _rules.Note(2, Now);
        _rules.IsTime(Now + Second / 10 - 1).Should().BeFalse();
        _rules.IsTime(Now + Second / 10).Should().BeTrue();
    }

    /// <summary>Three that are always busy on two CPUs, each asked for as often as may be: in ten seconds each is moved ten times at most.</summary>
    [Fact]
    public void NobodyIsMovedToAndFro()
    {
        var moves = new int[Vms];
        for (ulong now = Now; now < Now + 10 * Second; now += Second / 100)
        {
            if (!_rules.IsTime(now)) continue;
            WaitingPart[] all = [.. Enumerable.Range(0, Vms).Select(vm => Part(vm, now - 1))];
            int chosen = _rules.Choose(all, 0, now);
            if (chosen < 0) continue;
            moves[chosen]++;
            _rules.Note(chosen, now);
        }
        moves.Should().OnlyContain(count => count == 10);
    }
}
