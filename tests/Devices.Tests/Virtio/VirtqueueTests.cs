using System;
using System.Collections.Generic;
using System.Linq;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Testing;

namespace Lamina.Devices.Tests.Virtio;

public sealed class VirtqueueTests : IDisposable
{
    private const ulong All = VirtioFeature.Common;
    private const ulong Rings = 0x1_0000;
    private const ulong Tables = 0x7_0000;
    private const ulong Buffers = 0x8_0000;
    /// <summary>More than the buffers of any chain here, with a margin behind them.</summary>
    private const int BufferBytes = 0x1000;

    private readonly TestMachine _test = new(1 << 20);
    private readonly EchoDevice _device;
    private readonly VirtioDriver _driver;

    public VirtqueueTests()
    {
        _device = new EchoDevice(_test.Machine);
        _driver = new VirtioDriver(_test, _device);
    }

    public void Dispose() => _test.Dispose();

    private VirtqueueDriver Start(ulong features = All, ushort size = 16)
    {
        _driver.Negotiate(features).Should().BeTrue();
        var queue = _driver.SetUp(0, Rings, size);
        _driver.Start();
        return queue;
    }

    [Fact]
    public void What_is_read_from_a_chain_is_what_is_in_its_buffers()
    {
        var queue = Start();
        "lamina"u8.CopyTo(_test.Memory[(int)Buffers..]);
        ushort head = queue.Offer((Buffers, 3, false), (Buffers + 3, 3, false), (Buffers + 0x100, 4, true), (Buffers + 0x200, 100, true));
        _driver.Ring(0);
        queue.TakeUsed().Should().Equal((head, 6u));
        _device.Taken.Single().Read.Should().Equal("lamina"u8.ToArray());
        _test.Memory.Slice((int)Buffers + 0x100, 4).ToArray().Should().Equal("lami"u8.ToArray());
        _test.Memory.Slice((int)Buffers + 0x200, 3).ToArray().Should().Equal((byte)'n', (byte)'a', (byte)0);
    }

    /// <summary>Chains of any form, direct or indirect, through rings of any size, many times round.</summary>
    [Fact]
    public void Any_valid_chains_come_back_with_what_they_hold()
    {
        var buffer = from length in Gen.Choose(0, 300) from write in Gen.Elements(false, true) select (length, write);
        var chain = from buffers in Gen.NonEmptyListOf(buffer).Resize(8) from indirect in Gen.Elements(false, true) select (buffers: buffers.Take(8).ToArray(), indirect);
        var input = from bits in Gen.Choose(3, 8) from chains in Gen.ListOf(chain).Resize(60) from features in Gen.Elements(All, VirtioFeature.Version1) select (bits, chains, features);
        var random = new Random(1);
        Prop.ForAll(input.ToArbitrary(), x =>
        {
            var queue = Start(x.features, (ushort)(1 << x.bits));
            _device.Taken.Clear();
            foreach (var (buffers, indirect) in x.chains)
            {
                queue.Recycle();
                random.NextBytes(_test.Memory.Slice((int)Buffers, BufferBytes));
                ulong at = Buffers;
                var placed = new List<(ulong, int, bool)>();
                foreach (var (length, write) in buffers.OrderBy(b => b.write))
                {
                    placed.Add((at, length, write));
                    at += (ulong)length + 1;
                }
                var readable = placed.Where(p => !p.Item3).SelectMany(p => _test.Memory.Slice((int)p.Item1, p.Item2).ToArray()).ToArray();
                int room = placed.Where(p => p.Item3).Sum(p => p.Item2);
                byte[] outside = _test.Memory.Slice((int)Buffers, BufferBytes).ToArray();

                ushort head = indirect ? queue.OfferIndirect(Tables, placed.ToArray()) : queue.Offer(placed.ToArray());
                _driver.Ring(0);

                queue.TakeUsed().Should().Equal((head, (uint)Math.Min(room, readable.Length)));
                _device.Taken[^1].Read.AsSpan().SequenceEqual(readable).Should().BeTrue();
                _device.Taken[^1].Writable.Should().Be(room);
                var written = placed.Where(p => p.Item3).SelectMany(p => _test.Memory.Slice((int)p.Item1, p.Item2).ToArray()).Take(readable.Length);
                written.SequenceEqual(readable.Take(room)).Should().BeTrue();
                // Nothing else changed.
                int left = Math.Min(room, readable.Length);
                foreach (var (address, length, write) in placed.Where(p => p.Item3))
                {
                    int count = Math.Min(length, left);
                    _test.Memory.Slice((int)address, count).CopyTo(outside.AsSpan((int)(address - Buffers)));
                    left -= count;
                }
                _test.Memory.Slice((int)Buffers, BufferBytes).SequenceEqual(outside).Should().BeTrue();
            }
            _device.Status.HasFlag(VirtioStatus.DeviceNeedsReset).Should().BeFalse();
        }).QuickCheckThrowOnFailure();
    }

    /// <summary>
    /// Rings full of anything, near to what is valid so that most of it is looked at: never an exception, always an end, and nothing written but where a descriptor said so, the used
    /// ring and nothing else. RAM ends at 1 MiB: a test machine's memory lies in the heap, an access beyond it would be seen as a crash at the latest.
    /// </summary>
    [Fact]
    public void Garbage_breaks_the_queue_at_worst()
    {
        ulong[] addresses = [0, Buffers, Buffers + 1, Tables, Rings, 0xF_FFF0, 0x10_0000, 0x10_0001, ulong.MaxValue, ulong.MaxValue - 15, 1UL << 63];
        uint[] lengths = [0, 1, 15, 16, 17, 32, 48, 0x100, 0x1000, 0x10_0000, 0x8000_0000, uint.MaxValue];
        var descriptor = from address in Gen.Elements(addresses) from length in Gen.Elements(lengths) from flags in Gen.Choose(0, 7) from next in Gen.Choose(0, 17)
                         select (address, length, flags, next);
        var input = from ring in Gen.ArrayOf(descriptor, 16) from table in Gen.ArrayOf(descriptor, 16) from heads in Gen.ArrayOf(Gen.Choose(0, 17), 16)
                    from available in Gen.Choose(0, 20) from features in Gen.Elements(All, VirtioFeature.Version1) select (ring, table, heads, available, features);
        Prop.ForAll(input.ToArbitrary(), x =>
        {
            var queue = Start(x.features);
            for (int i = 0; i < 16; i++)
            {
                queue.Describe(i, x.ring[i].address, x.ring[i].length, x.ring[i].flags, x.ring[i].next);
                queue.Describe(Tables, i, x.table[i].address, x.table[i].length, x.table[i].flags, x.table[i].next);
                queue.Publish((ushort)x.heads[i]);
            }
            queue.AvailableIndex = (ushort)x.available;
            ulong before = _test.Machine.Counters.BrokenQueues;
            _driver.Ring(0);
            _driver.Ring(0);
            bool broke = _device.Queues[0].Fault != VirtqueueFault.None;
            _driver.Status.HasFlag(VirtioStatus.DeviceNeedsReset).Should().Be(broke);
            (_test.Machine.Counters.BrokenQueues - before).Should().Be(broke ? 1UL : 0);
            // What is said to be written is what the driver can have meant.
            if (!broke) queue.UsedIndex.Should().Be((ushort)x.available);
        }).QuickCheckThrowOnFailure();
    }

    public static TheoryData<VirtqueueFault, Action<VirtqueueDriver>> Faults => new()
    {
        { VirtqueueFault.AvailableIndex, q => q.AvailableIndex = 17 },
        { VirtqueueFault.AvailableIndex, q => q.AvailableIndex = ushort.MaxValue },
        { VirtqueueFault.DescriptorNumber, q => q.Publish(16) },
        { VirtqueueFault.DescriptorNumber, q => Offer(q, (0, Buffers, 16, 1, 16)) },
        { VirtqueueFault.TooLong, q => Offer(q, (0, Buffers, 16, 1, 0)) },
        { VirtqueueFault.TooLong, q => Offer(q, (0, Buffers, 16, 1, 1), (1, Buffers, 16, 1, 0)) },
        { VirtqueueFault.TooLong, q => Offer(q, (0, Buffers, 0, 1, 0)) },
        { VirtqueueFault.Buffer, q => Offer(q, (0, 0xF_FFF1, 16, 0, 0)) },
        { VirtqueueFault.Buffer, q => Offer(q, (0, 0x10_0000, 1, 2, 0)) },
        { VirtqueueFault.Buffer, q => Offer(q, (0, ulong.MaxValue, 2, 2, 0)) },
        { VirtqueueFault.TooLong, q => Offer(q, (0, Buffers, uint.MaxValue, 2, 0)) },
        { VirtqueueFault.ReadBehindWrite, q => Offer(q, (0, Buffers, 16, 2 | 1, 1), (1, Buffers, 16, 0, 0)) },
        { VirtqueueFault.IndirectTable, q => Offer(q, (0, Tables, 0, 4, 0)) },
        { VirtqueueFault.IndirectTable, q => Offer(q, (0, Tables, 17, 4, 0)) },
        { VirtqueueFault.IndirectTable, q => Offer(q, (0, Tables, 16, 4 | 1, 1)) },
        { VirtqueueFault.IndirectTable, q => Offer(q, (0, 0xF_FFF0, 32, 4, 0)) },
        {
            VirtqueueFault.IndirectTable, q =>
            {
                q.Describe(Tables, 0, Tables, 16, 4);
                Offer(q, (0, Tables, 16, 4, 0));
            }
        },
        {
            VirtqueueFault.DescriptorNumber, q =>
            {
                q.Describe(Tables, 0, Buffers, 16, 1, 1);
                Offer(q, (0, Tables, 16, 4, 0));
            }
        },
        {
            VirtqueueFault.TooLong, q =>
            {
                for (int i = 0; i < 257; i++) q.Describe(Tables, i, Buffers, 1, i < 256 ? 1 : 0, i + 1);
                Offer(q, (0, Tables, 257 * 16, 4, 0));
            }
        },
    };

    private static void Offer(VirtqueueDriver queue, params (int Index, ulong Address, uint Length, int Flags, int Next)[] descriptors)
    {
        foreach (var (index, address, length, flags, next) in descriptors) queue.Describe(index, address, length, flags, next);
        queue.Publish(0);
    }

    [Theory]
    [MemberData(nameof(Faults))]
    public void Each_rule_that_is_broken_needs_a_reset(VirtqueueFault fault, Action<VirtqueueDriver> provoke)
    {
        _driver.SetMsix(true);
        _driver.SetVector(0, 0x40);
        var queue = Start();
        _driver.Write(0x10, 2, 0);
        provoke(queue);
        _driver.Ring(0);
        _device.Queues[0].Fault.Should().Be(fault);
        _driver.Status.Should().HaveFlag(VirtioStatus.DeviceNeedsReset);
        _driver.Bus.Sent.Should().ContainSingle("the driver hears of it").Which.Vector.Should().Be(0x40);
        _test.Machine.Counters.BrokenQueues.Should().Be(1);
        queue.UsedIndex.Should().Be(0);

        // It stays so until the reset, then all is well again.
        _driver.Ring(0);
        _test.Machine.Counters.BrokenQueues.Should().Be(1);
        queue = Start();
        _driver.Status.Should().NotHaveFlag(VirtioStatus.DeviceNeedsReset);
        queue.Offer((Buffers, 16, false));
        _driver.Ring(0);
        queue.UsedIndex.Should().Be(1);
    }

    [Fact]
    public void Chains_before_the_bad_one_are_done()
    {
        var queue = Start();
        ushort head = queue.Offer((Buffers, 16, false));
        queue.Publish(99);
        _driver.Ring(0);
        queue.TakeUsed().Should().Equal((head, 0u));
        _device.Queues[0].Fault.Should().Be(VirtqueueFault.DescriptorNumber);
    }

    [Theory]
    [InlineData(0x20, 0x1_0008UL)]
    [InlineData(0x20, 0x10_0000UL)]
    [InlineData(0x28, 0x1_0001UL)]
    [InlineData(0x28, 0xF_FFFEUL)]
    [InlineData(0x30, 0x1_0002UL)]
    [InlineData(0x30, 0xF_FF80UL)]
    [InlineData(0x30, 0xFFFF_FFFF_FFFF_FFFCUL)]
    [InlineData(0x18, 0UL)]
    [InlineData(0x18, 3UL)]
    [InlineData(0x18, 512UL)]
    public void Rings_that_cannot_be_are_refused(int register, ulong value)
    {
        _driver.Negotiate(All);
        _driver.Write(0x16, 2, 0);
        _driver.Write(0x18, 2, 16);
        _driver.Write(0x20, 8, Rings);
        _driver.Write(0x28, 8, Rings + 0x1_0000);
        _driver.Write(0x30, 8, Rings + 0x1_8000);
        _driver.Write((ulong)register, register == 0x18 ? 2 : 8, value);
        _driver.Write(0x1C, 2, 1);
        _device.Queues[0].Fault.Should().Be(VirtqueueFault.Rings);
        _driver.Status.Should().HaveFlag(VirtioStatus.DeviceNeedsReset);
        _driver.Start();
        _driver.Ring(0);
    }

    /// <summary>2.7.7.2: the driver is interrupted when the used index passes the one that it wrote to used_event, and only then.</summary>
    [Fact]
    public void Interrupts_come_when_the_used_index_passes_the_event_index()
    {
        var step = from count in Gen.Choose(1, 5) from ahead in Gen.Choose(-3, 8) select (count, ahead);
        _driver.SetMsix(true);
        _driver.SetVector(1, 0x41);
        Prop.ForAll(step.ArrayOf().Resize(40).ToArbitrary(), steps =>
        {
            _driver.Negotiate(All);
            var queue = _driver.SetUp(0, Rings, 16, vector: 1);
            _driver.Start();
            ushort used = 0;
            foreach (var (count, ahead) in steps)
            {
                queue.Recycle();
                queue.UsedEvent = (ushort)(used + ahead);
                for (int i = 0; i < count; i++) queue.Offer((Buffers, 1, false));
                _driver.Bus.Sent.Clear();
                _driver.Ring(0);
                // Whether one of the new elements is the one that the driver waits for.
                bool expected = Enumerable.Range(0, count).Any(i => (ushort)(used + i) == (ushort)(used + ahead));
                _driver.Bus.Sent.Count.Should().Be(expected ? 1 : 0);
                used += (ushort)count;
                queue.UsedIndex.Should().Be(used);
                queue.AvailableEvent.Should().Be(used, "all is taken: the next one is to be notified of");
            }
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Without_event_index_flags_say_what_is_wanted()
    {
        _driver.SetMsix(true);
        _driver.SetVector(1, 0x41);
        _driver.Negotiate(VirtioFeature.Version1);
        var queue = _driver.SetUp(0, Rings, 16, vector: 1);
        _driver.Start();
        queue.Offer((Buffers, 1, false));
        _driver.Ring(0);
        _driver.Bus.Sent.Should().HaveCount(1);
        queue.AvailableFlags = 1;
        queue.Offer((Buffers, 1, false));
        _driver.Ring(0);
        _driver.Bus.Sent.Should().HaveCount(1);
        _device.Queues[0].DisableNotifications();
        queue.UsedFlags.Should().Be(1);
        _device.Queues[0].EnableNotifications().Should().BeFalse();
        queue.UsedFlags.Should().Be(0);
    }

    [Fact]
    public void What_comes_while_notifications_are_off_is_seen_when_they_are_switched_on()
    {
        var queue = Start();
        queue.Offer((Buffers, 1, false));
        _device.Queues[0].EnableNotifications().Should().BeTrue();
        _device.Queues[0].HasAvailable.Should().BeTrue();
    }

    [Fact]
    public void What_one_exit_does_not_do_waits_as_work_of_the_VM()
    {
        var queue = Start();
        _device.Budget = 3;
        for (int i = 0; i < 7; i++) queue.Offer((Buffers, 1, false));
        _driver.Ring(0);
        queue.UsedIndex.Should().Be(3);
        _test.Machine.HasWork.Should().BeTrue();
        _test.Machine.DoWork();
        queue.UsedIndex.Should().Be(6);
        _test.Machine.DoWork();
        queue.UsedIndex.Should().Be(7);
        _test.Machine.HasWork.Should().BeFalse();
    }

    [Fact]
    public void Work_that_waits_over_a_reset_does_nothing()
    {
        var queue = Start();
        _device.Budget = 1;
        for (int i = 0; i < 3; i++) queue.Offer((Buffers, 1, false));
        _driver.Ring(0);
        _driver.Status = VirtioStatus.None;
        _device.Taken.Clear();
        _test.Machine.DoWork();
        _device.Taken.Should().BeEmpty();
    }

    [Fact]
    public void Chains_can_be_put_back()
    {
        var queue = Start();
        _device.Budget = 0;
        for (int i = 0; i < 3; i++) queue.Offer((Buffers + (ulong)i, 1, false));
        var ring = _device.Queues[0];
        var chain = new DescriptorChain();
        ring.TryTake(chain).Should().BeTrue();
        ring.TryTake(chain).Should().BeTrue();
        ring.PutBack(2);
        var heads = new List<ushort>();
        while (ring.TryTake(chain)) heads.Add(chain.Head);
        heads.Should().Equal(0, 1, 2);
        ring.Return(chain);
        queue.UsedIndex.Should().Be(0, "it is not published");
        ring.Publish();
        queue.TakeUsed().Should().Equal((2u, 0u));
    }

    [Fact]
    public void A_chain_is_written_and_taken_back_across_buffers()
    {
        var queue = Start();
        queue.Offer((Buffers, 4, false), (Buffers + 0x10, 4, true), (Buffers + 0x20, 4, true));
        var chain = new DescriptorChain();
        _device.Queues[0].TryTake(chain).Should().BeTrue();
        chain.ReadableSegments.ToArray().Should().ContainSingle().Which.Gpa.Should().Be(Buffers);
        chain.WritableSegments.ToArray().Select(s => (s.Gpa, s.Length)).Should().Equal((Buffers + 0x10, 4), (Buffers + 0x20, 4));
        chain.NextWritable(100).Length.Should().Be(4, "a buffer at a time");
        chain.Unwrite(1);
        chain.BytesWritten.Should().Be(3);
        chain.Write([1, 2, 3]).Should().Be(3);
        _test.Memory[(int)Buffers + 0x13].Should().Be(1);
        _test.Memory[(int)Buffers + 0x20].Should().Be(2);
        chain.SkipWritable(100).Should().Be(2);
        chain.Write([1]).Should().Be(0);
        chain.TryRead(out ulong _).Should().BeFalse();
        chain.ReadableLeft.Should().Be(0);
    }

    [Fact]
    public void Nothing_is_allocated_once_it_is_made()
    {
        var queue = Start(size: 256);
        var ring = _device.Queues[0];
        var chain = new DescriptorChain();
        void Round()
        {
            queue.Recycle();
            queue.Describe(0, Buffers, 100, 1, 1);
            queue.Describe(1, Buffers + 100, 100, 2);
            for (int i = 0; i < 100; i++) queue.Publish(0);
            while (ring.TryTake(chain))
            {
                chain.Write(chain.NextReadable(100));
                ring.Return(chain);
            }
            ring.Publish();
            ring.EnableNotifications();
        }
        Round();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Round();
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
        ring.Fault.Should().Be(VirtqueueFault.None);
    }
}
