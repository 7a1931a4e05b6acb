using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;

namespace Lamina.Core.Tests;

public class DeadlineQueueTests
{
    private sealed class Recorder(List<Recorder> expired) : Deadline
    {
        public System.Action<ulong>? OnExpire;

        public override void Expire(ulong now)
        {
            IsArmed.Should().BeFalse("a deadline is withdrawn before it is called, so that it can arm itself again");
            expired.Add(this);
            OnExpire?.Invoke(now);
        }
    }

    /// <summary>Any sequence of arming, moving and withdrawing leaves what a plain list would hold, and expires it in order.</summary>
    [Fact]
    public void Equals_a_sorted_list_whatever_is_armed_moved_and_withdrawn()
    {
        const int deadlines = 12;
        var step = Gen.Choose(0, deadlines - 1).SelectMany(which => Gen.Choose(-1, 40).Select(when => (which, when)));
        Prop.ForAll(Arb.From(Gen.ListOf(step)), steps =>
        {
            var expired = new List<Recorder>();
            var all = Enumerable.Range(0, deadlines).Select(_ => new Recorder(expired)).ToArray();
            var queue = new DeadlineQueue(deadlines);
            var model = new Dictionary<Recorder, ulong>();
            foreach (var (which, when) in steps)
            {
                if (when < 0)
                {
                    queue.Withdraw(all[which]);
                    model.Remove(all[which]);
                }
                else
                {
                    queue.Arm(all[which], (ulong)when).Should().BeTrue();
                    model[all[which]] = (ulong)when;
                }
                queue.Count.Should().Be(model.Count);
                queue.Earliest.Should().Be(model.Count == 0 ? ulong.MaxValue : model.Values.Min());
            }
            queue.Expire(20, deadlines);
            expired.Should().BeEquivalentTo(model.Where(entry => entry.Value <= 20).Select(entry => entry.Key));
            expired.Select(deadline => deadline.When).Should().BeInAscendingOrder();
            queue.Count.Should().Be(model.Count(entry => entry.Value > 20));
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_deadline_that_arms_itself_in_the_past_cannot_hold_the_CPU()
    {
        var expired = new List<Recorder>();
        var queue = new DeadlineQueue(1);
        var again = new Recorder(expired);
        again.OnExpire = _ => queue.Arm(again, 0);
        queue.Arm(again, 0);
        queue.Expire(100, 5);
        expired.Should().HaveCount(5);
        queue.Earliest.Should().Be(0);
    }

    [Fact]
    public void A_full_queue_refuses_and_stays_whole()
    {
        var expired = new List<Recorder>();
        var queue = new DeadlineQueue(1);
        queue.Arm(new Recorder(expired), 5).Should().BeTrue();
        var late = new Recorder(expired);
        queue.Arm(late, 1).Should().BeFalse();
        late.IsArmed.Should().BeFalse();
        queue.Earliest.Should().Be(5);
    }
}
