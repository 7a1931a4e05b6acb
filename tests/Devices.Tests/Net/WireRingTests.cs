using System;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Threading;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Devices.Tests.Net;

public class WireRingTests
{
    private static void Send(WireRing ring, int length, int number)
    {
        TestFrames.Plain(length, number).CopyTo(ring.Reserve(length));
        ring.Commit(new FrameRecord { Length = length, QueuePair = (byte)number });
    }

    private static bool Receive(WireRing ring, int length, int number)
    {
        if (!ring.TryPeek(out var record, out var frame)) return false;
        bool right = record.Length == length && record.QueuePair == (byte)number && frame.SequenceEqual(TestFrames.Plain(length, number));
        ring.Release(record);
        return right;
    }

    [Fact]
    public void Frames_of_every_size_come_out_as_they_went_in_again_and_again()
    {
        var ring = new WireRing(0);
        var random = new Random(1);
        for (int i = 0; i < 3000; i++)
        {
            int length = random.Next(14, WireRing.MaxFrameBytes + 1);
            ring.HasRoom.Should().BeTrue();
            Send(ring, length, i);
            Receive(ring, length, i).Should().BeTrue();
            ring.IsEmpty.Should().BeTrue();
        }
    }

    [Fact]
    public void It_holds_at_least_a_frame_of_each_kind_and_never_more_than_its_capacity()
    {
        foreach (int length in new[] { 14, 60, 1514, 9000, WireRing.MaxFrameBytes })
        {
            var ring = new WireRing(0);
            int held = 0;
            for (; ring.HasRoom; held++) Send(ring, length, held);
            (held * length).Should().BeInRange(ring.Capacity / 4, ring.Capacity);
            for (int i = 0; i < held; i++) Receive(ring, length, i).Should().BeTrue();
            ring.IsEmpty.Should().BeTrue();
        }
    }

    [Fact]
    public void Any_order_of_sending_receiving_and_cancelling_is_that_of_a_queue()
    {
        var step = from action in Gen.Choose(0, 20)
                   from length in Gen.Frequency((3, Gen.Choose(14, 1514)), (1, Gen.Choose(14, WireRing.MaxFrameBytes)))
                   select (action, length);
        Prop.ForAll(step.ArrayOf(400).ToArbitrary(), steps =>
        {
            var ring = new WireRing(0);
            var model = new Queue<(int Length, int Number)>();
            int cancelled = 0;
            for (int i = 0; i < steps.Length; i++)
            {
                var (action, length) = steps[i];
                if (action < 12 && ring.HasRoom)
                {
                    Send(ring, length, i);
                    model.Enqueue((length, i));
                }
                else if (action < 18)
                {
                    ring.DropCancelled().Should().Be(cancelled);
                    for (; cancelled > 0; cancelled--) model.Dequeue();
                    bool any = model.TryDequeue(out var next);
                    Receive(ring, next.Length, next.Number).Should().Be(any);
                }
                else if (action == 18)
                {
                    ring.Cancel();
                    cancelled = model.Count;
                }
                else if (action == 19)
                {
                    ring.DropAll().Should().Be(model.Count);
                    model.Clear();
                    cancelled = 0;
                }
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void A_producer_that_waits_is_woken_once_when_half_is_free()
    {
        var ring = new WireRing(0);
        ring.TryWaitForRoom().Should().BeFalse("there is room");
        int held = 0;
        for (; ring.HasRoom; held++) Send(ring, 1500, held);
        ring.TryWaitForRoom().Should().BeTrue();
        int taken = 0;
        while (!ring.TakeProducerToWake()) Receive(ring, 1500, taken++).Should().BeTrue();
        taken.Should().BeInRange(held / 4, held * 3 / 4);
        ring.TakeProducerToWake().Should().BeFalse();
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    [InlineData(WireRing.MaxFrameBytes + 1)]
    [InlineData(WireRing.MaxFrameBytes)] // further than anything was sent
    public void A_record_that_makes_no_sense_takes_down_what_is_under_way_and_nothing_else(int length)
    {
        for (int way = 0; way < 3; way++)
        {
            var ring = new WireRing(0);
            for (int i = 0; i < 5; i++) Send(ring, 1500, i);
            Receive(ring, 1500, 0).Should().BeTrue();
            ulong before = ring.Position;
            SpoilOldest(ring, length);
            if (way == 0) ring.TryPeek(out _, out _).Should().BeFalse();
            else if (way == 1) ring.DropAll().Should().Be(1);
            else
            {
                ring.Cancel();
                ring.DropCancelled().Should().Be(1);
            }
            ring.IsEmpty.Should().BeTrue();
            ring.Position.Should().BeGreaterThan(before);
            ring.HasRoom.Should().BeTrue();
            for (int i = 0; i < 1000; i++)
            {
                Send(ring, 1000, i);
                Receive(ring, 1000, i).Should().BeTrue();
            }
        }
    }

    private static void SpoilOldest(WireRing ring, int length)
    {
        ring.TryPeek(out _, out var frame).Should().BeTrue();
        Unsafe.As<byte, int>(ref Unsafe.Subtract(ref MemoryMarshal.GetReference(frame), FrameRecord.Size)) = length;
    }

    [Fact]
    public void Two_threads_lose_nothing_and_neither_waits_for_ever()
    {
        const int Frames = 100_000;
        var ring = new WireRing(0);
        using var room = new AutoResetEvent(false);
        var limit = TimeSpan.FromSeconds(60);
        string? failure = null;
        var producer = new Thread(() =>
        {
            for (int i = 0; i < Frames; i++)
            {
                while (!ring.HasRoom)
                {
                    if (ring.TryWaitForRoom() && !room.WaitOne(limit)) failure ??= "the producer was not woken";
                    if (failure is not null) return;
                }
                int length = 14 + i * 7919 % (i % 50 == 0 ? 65_000 : 1500);
                var span = ring.Reserve(length);
                span.Fill((byte)i);
                ring.Commit(new FrameRecord { Length = length, QueuePair = (byte)i });
            }
        });
        producer.Start();
        var deadline = System.Diagnostics.Stopwatch.StartNew();
        for (int i = 0; i < Frames && failure is null;)
        {
            if (!ring.TryPeek(out var record, out var frame))
            {
                if (deadline.Elapsed > limit) failure = "no frame came";
                Thread.Yield();
                continue;
            }
            if (record.QueuePair != (byte)i || frame.IndexOfAnyExcept((byte)i) >= 0) failure = $"frame {i} is torn";
            ring.Release(record);
            if (ring.TakeProducerToWake()) room.Set();
            i++;
        }
        producer.Join(limit).Should().BeTrue();
        failure.Should().BeNull();
        ring.IsEmpty.Should().BeTrue();
    }
}
