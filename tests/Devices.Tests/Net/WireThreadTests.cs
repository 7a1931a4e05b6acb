using System;
using System.Diagnostics;
using System.Threading;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Net;

/// <summary>A whole wire, its devices and the mail between them, with each end's CPU and the supervisor's on a thread of its own.</summary>
public sealed class WireThreadTests
{
    private const int FramesBetweenChanges = 300;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData(1, WireRing.MinCapacity, 40)]
    [InlineData(2, WirePolicy.DefaultRing, 40)]
    public void Nothing_is_lost_doubled_reordered_or_slept_through_whatever_becomes_of_its_ends(int seed, int ring, int rounds)
    {
        var random = new Random(seed);
        var policy = new WirePolicy(ringBytes: ring);
        var wire = new Wire("test", policy, policy, 1_000_000_000);
        var supervisor = new FakeCpu();
        var changes = new ChangeCounter();
        using var first = new WireSide(wire.First, supervisor, isLeader: true, seed) { Changes = changes };
        using var second = new WireSide(wire.Second, supervisor, isLeader: false, seed + 1) { Changes = changes };
        first.Peer = second;
        second.Peer = first;
        changes.Next();
        first.Start();
        second.Start();
        second.Give(new NetGuest(wire.Second, cpu: second.Cpu).Start());
        first.Give(new NetGuest(wire.First, cpu: first.Cpu).Start());
        changes.Next();
        first.GoOn();
        for (int round = 0; round < rounds; round++)
        {
            WaitForFrames(first, second);
            var side = random.Next(2) == 0 ? first : second;
            Change(side, random.Next(4), settle: random.Next(2) == 0, stall: random.Next(2) == 0, changes);
            // What was lost is sent again by nobody; from here on nothing but the wire wakes them.
            first.GoOn();
        }
        WaitForFrames(first, second);
        first.StopSending();
        second.StopSending();
        WaitUntil(() => IsBalanced(wire.First.Sent) && IsBalanced(wire.Second.Sent), first, second);
        first.Take().Dispose();
        second.Take().Dispose();
        first.Stop();
        second.Stop();
        (first.Failure ?? second.Failure).Should().BeNull();
        supervisor.InterruptsSent.Should().Be(0);
    }

    private static bool IsBalanced(WireCounters counters) => counters.DeliveredFrames + counters.DroppedAtReceiver == counters.SentFrames;

    private static void Change(WireSide side, int kind, bool settle, bool stall, ChangeCounter changes)
    {
        if (stall)
        {
            // So that there are frames under way when the change comes.
            side.Peer.Stall();
            side.GoOn();
            Thread.Sleep(1);
        }
        int change = changes.Next();
        if (kind == 0)
        {
            side.StopDriver();
            if (settle) side.Peer.Settle();
            side.StartDriver();
        }
        else
        {
            var guest = side.Take();
            if (kind == 1) guest.Device.ResetAll();
            else
            {
                if (kind == 2) side.End.Wire.Reset();
                side.End.Detach();
                guest.Dispose();
                guest = new NetGuest(side.End, cpu: side.Cpu);
            }
            if (settle) side.Peer.Settle();
            if (kind == 3) guest.Start();
            side.Give(guest);
            if (kind != 3) side.StartDriver();
        }
        // What this end had sent before went with its driver. What the other had given to its device went too if that looked while the link was down.
        Volatile.Write(ref side.Peer.Floor, change);
        if (settle) Volatile.Write(ref side.Floor, change);
        if (stall) side.Peer.Resume();
        changes.Next();
    }

    private static void WaitForFrames(WireSide first, WireSide second)
    {
        int one = Volatile.Read(ref first.Received), other = Volatile.Read(ref second.Received);
        WaitUntil(() => Volatile.Read(ref first.Received) > one + 3 && Volatile.Read(ref second.Received) > other + FramesBetweenChanges, first, second);
    }

    private static void WaitUntil(Func<bool> condition, WireSide first, WireSide second)
    {
        var watch = Stopwatch.StartNew();
        while (!condition())
        {
            (first.Failure ?? second.Failure).Should().BeNull();
            watch.Elapsed.Should().BeLessThan(Limit, "no wake-up is lost; {0} and {1} frames came", first.Received, second.Received);
            Thread.Sleep(1);
        }
    }
}
