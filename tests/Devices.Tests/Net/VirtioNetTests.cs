using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using Lamina.Core;
using Lamina.Devices.Tests.Virtio;

namespace Lamina.Devices.Tests.Net;

public sealed class VirtioNetTests : IDisposable
{
    private const ulong Hz = 1_000_000_000;
    private const ulong Plain = NetGuest.EveryFeature & ~NetGuest.Offloads & ~VirtioNetFeature.ControlGuestOffloads;
    private readonly List<NetGuest> _guests = [];

    public void Dispose()
    {
        foreach (var guest in _guests) guest.Dispose();
    }

    private NetGuest Guest(WireTerminal end, NetParameters? parameters = null)
    {
        var guest = new NetGuest(end, parameters);
        _guests.Add(guest);
        return guest;
    }

    private (Wire Wire, NetGuest One, NetGuest Other) Pair(ulong one = NetGuest.EveryFeature, ulong other = NetGuest.EveryFeature, WirePolicy policy = default)
    {
        var wire = new Wire("test", policy, policy, Hz);
        return (wire, Guest(wire.First).Start(one), Guest(wire.Second).Start(other));
    }

    /// <summary>Every frame is accounted for.</summary>
    private static void Balance(WireCounters counters, int offered, int underWay = 0)
    {
        ((int)(counters.SentFrames + counters.DroppedAtSender + counters.Refused)).Should().Be(offered);
        ((int)(counters.DeliveredFrames + counters.DroppedAtReceiver) + underWay).Should().Be((int)counters.SentFrames);
    }

    [Fact]
    public void The_configuration_says_what_it_was_made_with()
    {
        var wire = new Wire("test", default, default, Hz);
        var guest = Guest(wire.First, new NetParameters(0xEFCD_AB00_5452, queuePairs: 4, mtu: 1400, queueSize: NetGuest.Size));
        guest.Device.IsAttached.Should().BeTrue();
        byte[] mac = [.. Enumerable.Range(0, 6).Select(i => (byte)guest.Driver.Read(VirtioDriver.Device + (ulong)i, 1))];
        mac.Should().Equal(0x52, 0x54, 0x00, 0xAB, 0xCD, 0xEF);
        guest.Driver.Read(VirtioDriver.Device + 8, 2).Should().Be(4);
        guest.Driver.Read(VirtioDriver.Device + 10, 2).Should().Be(1400);
        (guest.Driver.OfferedFeatures & (VirtioNetFeature.MultiQueue | VirtioNetFeature.Mtu)).Should().Be(VirtioNetFeature.MultiQueue | VirtioNetFeature.Mtu);
        Guest(wire.First).Device.IsAttached.Should().BeFalse("the end is taken");
    }

    [Fact]
    public void An_end_without_offloads_is_offered_none()
    {
        var wire = new Wire("test", default, default, Hz);
        var guest = Guest(wire.First, new NetParameters(1, offloads: NetOffloads.None));
        (guest.Driver.OfferedFeatures & (NetGuest.Offloads | VirtioNetFeature.ControlGuestOffloads | VirtioNetFeature.MultiQueue | VirtioNetFeature.Mtu)).Should().Be(0);
    }

    [Theory]
    [InlineData(NetGuest.EveryFeature)]
    [InlineData(VirtioFeature.Version1)] // no event index, no merging, no status
    [InlineData(Plain & ~VirtioFeature.RingEventIndex)]
    public void Frames_come_out_as_they_went_in(ulong features)
    {
        var (wire, one, other) = Pair(features, features);
        other.OfferAll(1600);
        for (int i = 0; i < 500; i++)
        {
            one.Send(TestFrames.Plain(14 + i * 13 % 1500, i), cut: i % 40).Should().BeTrue();
            if (i % 7 != 0) continue;
            NetGuest.Settle(one, other);
            foreach (var (header, frame) in other.Receive())
            {
                header.Should().Be(new VirtioNetHeader { Buffers = 1 });
                int number = MemoryMarshal.Read<int>(frame);
                frame.Should().Equal(TestFrames.Plain(14 + number * 13 % 1500, number));
            }
            other.OfferAll(1600);
        }
        NetGuest.Settle(one, other);
        Balance(wire.First.Sent, 500);
        wire.First.Sent.DeliveredFrames.Should().Be(500);
        wire.Second.Sent.SentFrames.Should().Be(0);
    }

    [Fact]
    public void A_frame_in_both_directions_at_once_is_no_matter()
    {
        var (_, one, other) = Pair();
        one.OfferAll(2000);
        other.OfferAll(2000);
        for (int i = 0; i < 100; i++)
        {
            one.Send(TestFrames.Plain(100, i));
            other.Send(TestFrames.Plain(200, i));
            NetGuest.Settle(one, other);
            one.Receive().Single().Frame.Should().Equal(TestFrames.Plain(200, i));
            other.Receive().Single().Frame.Should().Equal(TestFrames.Plain(100, i));
            one.OfferAll(2000);
            other.OfferAll(2000);
        }
    }

    [Fact]
    public void A_batch_costs_one_doorbell_and_one_interrupt()
    {
        var (_, one, other) = Pair();
        other.OfferAll(2000);
        other.TakeInterrupts();
        int before = one.Doorbells;
        // The device has not looked again since the first: it asks for nothing until then.
        one.Send(TestFrames.Plain(100, 0));
        one.Doorbells.Should().Be(before + 1);
        other.TakeInterrupts().Should().Be(VirtioIsr.None, "nothing is put into a VM's memory outside of its own work");
        for (int i = 1; i < 5; i++) one.Send(TestFrames.Plain(100, i));
        other.Work();
        other.TakeInterrupts().Should().Be(VirtioIsr.Queue);
        other.Receive().Should().HaveCount(5);
        other.Doorbells.Should().BeLessThanOrEqualTo(1, "receive buffers are asked for when they are wanting");
    }

    // Offloads: both have them, one has them, none has.

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Two_ends_with_offloads_pass_large_frames_untouched(bool v6)
    {
        var (_, one, other) = Pair();
        other.OfferAll(4096);
        var frame = TestFrames.Tcp(v6, payload: 40_000);
        var header = TestFrames.HeaderOf(frame, 1448, v6);
        one.Send(frame, header with { HeaderLength = 0, Buffers = 77 });
        NetGuest.Settle(one, other);
        var (received, bytes) = other.Receive().Single();
        bytes.Should().Equal(frame);
        received.Should().Be(header with { Buffers = (ushort)((frame.Length + 12 + 4095) / 4096) }, "the length of the headers was measured");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void An_end_without_offloads_gets_segments_with_right_checksums(bool v6)
    {
        var (wire, one, other) = Pair(other: Plain);
        var frame = TestFrames.Tcp(v6, payload: 60_000, flags: 0xFF);
        one.Send(frame, TestFrames.HeaderOf(frame, 1448, v6)).Should().BeTrue();
        var data = new List<byte>();
        int segments = 0;
        for (int round = 0; round < 20; round++)
        {
            other.OfferAll(1000); // each segment takes two
            NetGuest.Settle(one, other);
            foreach (var (header, bytes) in other.Receive())
            {
                header.Should().Be(new VirtioNetHeader { Buffers = header.Buffers });
                TestFrames.IsTcpChecksumRight(bytes).Should().BeTrue();
                TcpFrame.TryParse(bytes, out var tcp).Should().BeTrue();
                bytes.Length.Should().BeLessThanOrEqualTo(tcp.Payload + 1448);
                data.AddRange(bytes[tcp.Payload..]);
                segments++;
            }
        }
        segments.Should().Be(42);
        data.Should().Equal(frame[^60_000..]);
        Balance(wire.First.Sent, 1);
        wire.First.Sent.DeliveredBytes.Should().Be((ulong)frame.Length);
    }

    [Theory]
    [InlineData(VirtioNetFeature.GuestChecksum, false)]
    [InlineData(VirtioNetFeature.GuestChecksum | VirtioNetFeature.GuestTcpV6, false)]
    [InlineData(VirtioNetFeature.GuestChecksum | VirtioNetFeature.GuestTcpV4, true)]
    public void An_end_that_takes_checksums_alone_is_told_that_segments_are_right(ulong takes, bool v6)
    {
        var (_, one, other) = Pair(other: Plain | takes);
        other.OfferAll(2000);
        var frame = TestFrames.Tcp(v6, payload: 5000);
        one.Send(frame, TestFrames.HeaderOf(frame, 1448, v6));
        NetGuest.Settle(one, other);
        var received = other.Receive();
        received.Should().HaveCount(4);
        foreach (var (header, bytes) in received)
        {
            header.Flags.Should().Be(VirtioNetHeaderFlags.DataValid);
            TestFrames.IsTcpChecksumRight(bytes).Should().BeTrue();
        }
    }

    [Fact]
    public void A_mark_of_congestion_is_cut_for_an_end_that_does_not_know_it()
    {
        var (_, one, other) = Pair(other: NetGuest.EveryFeature & ~VirtioNetFeature.GuestCongestionNotification);
        other.OfferAll(2000);
        var frame = TestFrames.Tcp(payload: 2000, flags: TestFrames.Ack | TestFrames.Cwr);
        var header = TestFrames.HeaderOf(frame, 1448);
        header.Segmentation |= VirtioNetSegmentation.CongestionNotification;
        one.Send(frame, header);
        NetGuest.Settle(one, other);
        other.Receive().Select(r => r.Frame[14 + 20 + 13]).Should().Equal(TestFrames.Ack | TestFrames.Cwr, TestFrames.Ack);
    }

    [Fact]
    public void A_half_done_checksum_is_completed_for_an_end_that_does_not_take_it_and_only_once()
    {
        var (_, one, other) = Pair(other: Plain);
        var frame = TestFrames.Tcp(payload: 1000);
        one.Send(frame, TestFrames.HeaderOf(frame, 0));
        NetGuest.Settle(one, other); // begins with it, and finds no buffer
        other.Offer(500);
        NetGuest.Settle(one, other);
        other.Receive().Should().BeEmpty();
        other.Offer(1000);
        NetGuest.Settle(one, other);
        var (header, bytes) = other.Receive().Single();
        header.Should().Be(new VirtioNetHeader { Buffers = 2 });
        TestFrames.IsTcpChecksumRight(bytes).Should().BeTrue();
    }

    [Fact]
    public void A_half_done_checksum_goes_through_between_ends_that_have_agreed()
    {
        var (_, one, other) = Pair();
        other.OfferAll(2000);
        var frame = TestFrames.Tcp(payload: 1000);
        one.Send(frame, TestFrames.HeaderOf(frame, 0));
        NetGuest.Settle(one, other);
        var (header, bytes) = other.Receive().Single();
        bytes.Should().Equal(frame);
        header.Should().Be(new VirtioNetHeader { Flags = VirtioNetHeaderFlags.NeedsChecksum, ChecksumStart = 34, ChecksumOffset = 16, Buffers = 1 });
    }

    [Fact]
    public void A_driver_that_asks_for_less_while_it_runs_gets_less()
    {
        var (_, one, other) = Pair();
        other.OfferAll(2000);
        Command(other, 2, [5, 0, 2, 0, 0, 0, 0, 0, 0, 0]).Should().Be(0); // checksums alone
        var frame = TestFrames.Tcp(payload: 2000);
        one.Send(frame, TestFrames.HeaderOf(frame, 1448));
        NetGuest.Settle(one, other);
        other.Receive().Should().HaveCount(2);
        Command(other, 2, [5, 0, 0, 4, 0, 0, 0, 0, 0, 0]).Should().Be(1, "that feature was not agreed on");
    }

    [Fact]
    public void What_a_header_claims_wrongly_is_refused_and_counted_and_nothing_arrives()
    {
        var (wire, one, other) = Pair(Plain);
        other.OfferAll(2000);
        var frame = TestFrames.Tcp(payload: 5000);
        one.Send(frame, TestFrames.HeaderOf(frame, 1448)).Should().BeTrue();
        one.Send(new byte[5]).Should().BeTrue();
        one.Send(new byte[WireRing.MaxFrameBytes + 1]).Should().BeTrue();
        NetGuest.Settle(one, other);
        other.Receive().Should().BeEmpty();
        wire.First.Sent.Refused.Should().Be(3);
        one.Collect();
        one.Unsent.Should().Be(0, "the driver gets its buffers back");
        one.Device.IsRunning.Should().BeTrue();
    }

    [Fact]
    public void The_largest_frame_passes()
    {
        var (_, one, other) = Pair();
        other.OfferAll(40_000);
        one.Send(TestFrames.Plain(WireRing.MaxFrameBytes, 3)).Should().BeTrue();
        NetGuest.Settle(one, other);
        other.Receive().Single().Frame.Should().Equal(TestFrames.Plain(WireRing.MaxFrameBytes, 3));
    }

    // Receive buffers.

    [Fact]
    public void Merged_buffers_may_be_of_any_pieces_and_come_one_at_a_time()
    {
        var (_, one, other) = Pair();
        one.Send(TestFrames.Plain(3000, 1)).Should().BeTrue();
        one.Send(TestFrames.Plain(30, 2)).Should().BeTrue();
        NetGuest.Settle(one, other);
        int[][] buffers = [[3, 9], [1, 500, 20], [12], [2000], [700], [5, 7, 10, 10], [100]];
        foreach (int[] pieces in buffers) other.Offer(pieces).Should().BeTrue();
        var received = other.Receive();
        received.Select(r => r.Header.Buffers).Should().Equal(5, 2);
        received[0].Frame.Should().Equal(TestFrames.Plain(3000, 1));
        received[1].Frame.Should().Equal(TestFrames.Plain(30, 2));
    }

    [Fact]
    public void A_frame_without_room_in_its_one_buffer_is_dropped_and_the_buffer_stays()
    {
        var (wire, one, other) = Pair(other: VirtioFeature.Version1);
        other.Offer(12 + 100);
        one.Send(TestFrames.Plain(101, 1));
        one.Send(TestFrames.Plain(100, 2));
        NetGuest.Settle(one, other);
        other.Receive().Single().Frame.Should().Equal(TestFrames.Plain(100, 2));
        wire.First.Sent.DroppedAtReceiver.Should().Be(1);
        Balance(wire.First.Sent, 2);
    }

    [Fact]
    public void A_frame_without_room_in_a_whole_queue_of_buffers_is_dropped_and_they_stay()
    {
        var (wire, one, other) = Pair();
        other.OfferAll(12, 1, 1, 1); // 16 buffers of 4 pieces are what the descriptors allow
        one.Send(TestFrames.Plain(1000, 1));
        NetGuest.Settle(one, other);
        other.Receive().Should().BeEmpty("it waits: the queue could have 64");
        wire.First.Sent.DroppedAtReceiver.Should().Be(0);

        // Now a driver that uses each descriptor for a buffer of its own.
        var (second, three, four) = Pair();
        three.Send(TestFrames.Plain(3000, 1));
        three.Send(TestFrames.Plain(500, 2));
        NetGuest.Settle(three, four);
        var queue = four.Driver;
        for (int i = 0; i < NetGuest.Size; i++) four.ReceiveQueue.Describe(i, 0x100_0000 + 0x1000 * (ulong)i, 20, 2);
        for (ushort i = 0; i < NetGuest.Size; i++) four.ReceiveQueue.Publish(i);
        queue.Ring(0);
        NetGuest.Settle(three, four);
        second.First.Sent.DroppedAtReceiver.Should().Be(1);
        second.First.Sent.DeliveredFrames.Should().Be(1);
        four.ReceiveQueue.TakeUsed().Should().HaveCount(26, "the first has room for 8, each other for 20");
    }

    [Fact]
    public void A_buffer_without_room_for_a_header_breaks_the_queue_and_the_other_end_sees_no_link()
    {
        var (_, one, other) = Pair();
        NetGuest.Settle(one, other);
        one.HasLink.Should().BeTrue();
        other.OfferAll(11);
        one.Send(TestFrames.Plain(100, 1));
        NetGuest.Settle(one, other);
        other.Device.IsRunning.Should().BeFalse();
        (other.Driver.Status & VirtioStatus.DeviceNeedsReset).Should().Be(VirtioStatus.DeviceNeedsReset);
        one.HasLink.Should().BeFalse();
    }

    [Fact]
    public void A_queue_that_breaks_as_it_is_switched_on_takes_the_link_down_too()
    {
        var (_, one, other) = Pair();
        NetGuest.Settle(one, other);
        other.Driver.Write(0x16, 2, 2); // queue_select
        other.Driver.Write(0x24, 4, uint.MaxValue); // queue_desc, its high half
        other.Driver.Write(0x1C, 2, 1); // queue_enable
        other.Device.IsRunning.Should().BeFalse();
        one.Send(TestFrames.Plain(100, 1));
        NetGuest.Settle(one, other);
        one.HasLink.Should().BeFalse();
    }

    // Waiting, dropping, rates.

    [Fact]
    public void Without_buffers_a_receiver_is_not_even_woken_by_a_flood_and_the_sender_stops()
    {
        var (wire, one, other) = Pair();
        one.Send(TestFrames.Plain(1500, 0)).Should().BeTrue();
        NetGuest.Settle(one, other);
        int offered = 1;
        for (; one.Send(TestFrames.Plain(1500, offered)); offered++)
        {
            while (one.Work()) { }
            other.Test.Machine.HasWork.Should().BeFalse("it waits for buffers, and has asked for nothing else");
        }
        offered.Should().BeGreaterThan(WirePolicy.DefaultRing / 2 / 1500);
        one.Unsent.Should().Be(NetGuest.Size / 4, "what has no room stays in the queue");
        int doorbells = one.Doorbells;
        one.RingSend();
        while (one.Work()) { }
        one.Unsent.Should().Be(NetGuest.Size / 4);
        one.Test.Cpu.Deadlines.Count.Should().Be(0, "nothing polls");
        one.Test.Machine.HasWork.Should().BeFalse();

        // The receiver comes back: all arrives, in order.
        int received = 0;
        while (received < offered)
        {
            other.OfferAll(1600);
            NetGuest.Settle(one, other);
            var frames = other.Receive();
            frames.Should().NotBeEmpty();
            foreach (var (_, frame) in frames) MemoryMarshal.Read<int>(frame).Should().Be(received++);
        }
        one.Collect();
        one.Unsent.Should().Be(0);
        one.Doorbells.Should().Be(doorbells);
        Balance(wire.First.Sent, offered);
    }

    [Fact]
    public void A_wire_that_drops_keeps_the_senders_queue_empty()
    {
        var (wire, one, other) = Pair(policy: new WirePolicy(whenFull: WhenFull.Drop));
        for (int i = 0; i < 3000; i++)
        {
            one.Send(TestFrames.Plain(1500, i)).Should().BeTrue();
            while (one.Work()) { }
        }
        wire.First.Sent.DroppedAtSender.Should().BeGreaterThan(2000);
        Balance(wire.First.Sent, 3000, underWay: (int)wire.First.Sent.SentFrames);
        other.OfferAll(1600);
        NetGuest.Settle(one, other);
        other.Receive().Should().NotBeEmpty();
    }

    [Fact]
    public void A_rate_lets_frames_wait_and_a_deadline_lets_them_go_on()
    {
        var (_, one, other) = Pair(policy: new WirePolicy(bytesPerSecond: 1_000_000, burstBytes: 3000));
        int received = 0;
        other.OfferAll(2000);
        for (int i = 0; i < 12; i++) one.Send(TestFrames.Plain(1000, i)).Should().BeTrue();
        NetGuest.Settle(one, other);
        received += other.Receive().Count;
        received.Should().Be(4, "the burst, and one on credit");
        one.Test.Cpu.Deadlines.Count.Should().Be(1);
        for (int i = 0; i < 100 && received < 12; i++)
        {
            one.Test.Cpu.Run(Hz / 10_000);
            NetGuest.Settle(one, other);
            received += other.Receive().Count;
            other.OfferAll(2000);
        }
        received.Should().Be(12);
        one.Test.Cpu.Tsc.Should().BeInRange(7 * Hz / 1000, 9 * Hz / 1000);
        one.Test.Cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void A_rate_of_a_wire_that_drops_drops()
    {
        var (wire, one, other) = Pair(policy: new WirePolicy(bytesPerSecond: 1_000_000, burstBytes: 3000, whenFull: WhenFull.Drop));
        other.OfferAll(2000);
        for (int i = 0; i < 12; i++) one.Send(TestFrames.Plain(1000, i)).Should().BeTrue();
        NetGuest.Settle(one, other);
        other.Receive().Should().HaveCount(4);
        wire.First.Sent.DroppedAtSender.Should().Be(8);
        one.Test.Cpu.Deadlines.Count.Should().Be(0);
    }

    [Fact]
    public void A_reset_withdraws_the_deadline()
    {
        var (_, one, _) = Pair(policy: new WirePolicy(bytesPerSecond: 1000, burstBytes: 0));
        for (int i = 0; i < 3; i++) one.Send(TestFrames.Plain(1000, i));
        while (one.Work()) { }
        one.Test.Cpu.Deadlines.Count.Should().Be(1);
        one.Driver.Status = VirtioStatus.None;
        one.Test.Cpu.Deadlines.Count.Should().Be(0);
    }

    /// <summary>A VM ends with frames that wait for their rate: its device is not asked, and its memory is another's a moment later.</summary>
    [Fact]
    public void A_VM_that_is_over_leaves_no_deadline_behind()
    {
        var (_, one, _) = Pair(policy: new WirePolicy(bytesPerSecond: 1000, burstBytes: 0));
        for (int i = 0; i < 3; i++) one.Send(TestFrames.Plain(1000, i));
        while (one.Work()) { }
        one.Test.Cpu.Deadlines.Count.Should().Be(1);
        one.Test.Cpu.Deadlines.WithdrawAll(one.Test.Machine);
        one.Test.Cpu.Deadlines.Count.Should().Be(0);
    }

    /// <summary>A receiver that has something else to do comes to do it: what its turn does not take waits for the next, however it is woken meanwhile.</summary>
    [Fact]
    public void A_turn_takes_so_many_frames_and_no_more()
    {
        var (_, one, other) = Pair();
        int received = 0;
        void Run()
        {
            other.OfferAll(1600);
            one.Test.Machine.DoWork();
            other.Test.Machine.DoWork();
            one.Test.Machine.DoWork();
            received += other.Receive().Count;
        }

        void SendAndReceive(int count)
        {
            for (; count > 0; count--)
            {
                one.Send(TestFrames.Plain(1000, count)).Should().BeTrue();
                Run();
            }
        }

        SendAndReceive(40);
        received.Should().Be(40);
        SendAndReceive(40);
        received.Should().Be(VirtioNet.MostFrames);
        SendAndReceive(1);
        received.Should().Be(VirtioNet.MostFrames);
        other.Test.Machine.HasWork.Should().BeFalse();
        other.Test.Machine.HasAnyWork.Should().BeTrue();

        other.Test.Machine.BeginTurn();
        for (int i = 0; i < 10; i++) Run();
        received.Should().Be(81);
        other.Test.Machine.HasAnyWork.Should().BeFalse();
    }

    [Fact]
    public void A_round_is_bounded_and_the_rest_is_the_senders_own_work()
    {
        var wire = new Wire("test", default, default, Hz);
        var one = Guest(wire.First, new NetParameters(1, queueSize: 256));
        Guest(wire.Second).Start();
        one.Start();
        while (one.Work()) { }
        // More chains than a round sends, all of one descriptor that is used again.
        MemoryMarshal.Write(one.Test.Memory[0x30_0000..], default(VirtioNetHeader));
        one.SendQueue.Describe(0, 0x30_0000, 112, 0);
        for (int i = 0; i < NetGuest.Size; i++) one.SendQueue.Publish(0);
        one.RingSend();
        wire.First.Sent.SentFrames.Should().Be(VirtioNet.MostFrames);
        int large = 0;
        one.SendQueue.Describe(0, 0x30_0000, 60_012, 0);
        for (int i = 0; i < 8; i++) one.SendQueue.Publish(0);
        ulong before = wire.First.Sent.SentFrames;
        one.RingSend();
        while (one.Test.Machine.HasWork && large++ < 10) one.Work();
        (wire.First.Sent.SentFrames - before).Should().BeInRange(4, 8);
    }

    // Links.

    [Fact]
    public void A_link_is_up_while_a_driver_works_at_the_other_end()
    {
        var wire = new Wire("test", default, default, Hz);
        var one = Guest(wire.First).Start();
        one.HasLink.Should().BeFalse("nobody is there");
        var other = Guest(wire.Second);
        NetGuest.Settle(one, other);
        one.HasLink.Should().BeFalse("a device, but no driver");
        other.HasLink.Should().BeTrue("though its driver is not there to see it");
        one.TakeInterrupts();
        other.Start();
        one.HasLink.Should().BeFalse("it hears of it by work of its own");
        NetGuest.Settle(one, other);
        one.HasLink.Should().BeTrue();
        one.TakeInterrupts().Should().Be(VirtioIsr.Configuration);
        byte generation = (byte)one.Driver.Read(0x15, 1);

        other.Driver.Status = VirtioStatus.None;
        NetGuest.Settle(one, other);
        one.HasLink.Should().BeFalse();
        one.TakeInterrupts().Should().Be(VirtioIsr.Configuration);
        ((byte)one.Driver.Read(0x15, 1)).Should().NotBe(generation);
    }

    [Fact]
    public void A_VM_that_ends_takes_its_link_with_it_and_the_next_one_at_that_end_brings_it_back()
    {
        var (wire, one, other) = Pair();
        NetGuest.Settle(one, other);
        for (int i = 0; i < 10; i++) one.Send(TestFrames.Plain(100, i));
        wire.Second.Detach();
        while (one.Work()) { }
        one.HasLink.Should().BeFalse();
        wire.First.Sent.DroppedAtReceiver.Should().Be(10);
        for (int i = 0; i < 10; i++) one.Send(TestFrames.Plain(100, i));
        while (one.Work()) { }
        wire.First.Sent.DroppedAtSender.Should().Be(10);
        other.Work();
        other.Test.Machine.HasWork.Should().BeFalse("it is gone, and what it still had to do is none of the wire's");

        var next = Guest(wire.Second).Start().OfferAll(2000);
        NetGuest.Settle(one, next);
        one.HasLink.Should().BeTrue();
        next.Receive().Should().BeEmpty("what was sent before is not for it");
        one.Send(TestFrames.Plain(100, 77));
        NetGuest.Settle(one, next);
        next.Receive().Single().Frame.Should().Equal(TestFrames.Plain(100, 77));
        Balance(wire.First.Sent, 21);
    }

    [Fact]
    public void What_a_sender_left_under_way_when_it_ended_does_not_arrive()
    {
        var (wire, one, other) = Pair();
        for (int i = 0; i < 10; i++) one.Send(TestFrames.Plain(100, i));
        wire.First.Detach();
        var next = Guest(wire.First).Start();
        next.Send(TestFrames.Plain(100, 77));
        other.OfferAll(2000);
        NetGuest.Settle(next, other);
        other.Receive().Single().Frame.Should().Equal(TestFrames.Plain(100, 77));
        wire.First.Sent.DroppedAtReceiver.Should().Be(10);
        Balance(wire.First.Sent, 11);
    }

    [Fact]
    public void A_frame_half_received_when_it_is_taken_back_leaves_its_buffers_to_the_next()
    {
        var (wire, one, other) = Pair();
        one.Send(TestFrames.Plain(3000, 1));
        other.Offer(1000);
        NetGuest.Settle(one, other);
        wire.First.Detach();
        var next = Guest(wire.First).Start();
        next.Send(TestFrames.Plain(500, 2));
        NetGuest.Settle(next, other);
        other.Offer(1000);
        NetGuest.Settle(next, other);
        other.Receive().Single().Frame.Should().Equal(TestFrames.Plain(500, 2));
    }

    [Fact]
    public void What_was_taken_back_makes_room_though_its_receiver_waits_for_buffers()
    {
        var (wire, one, other) = Pair();
        for (int i = 0; i < 3000; i++)
        {
            one.Send(TestFrames.Plain(1500, i));
            while (one.Work() | other.Work()) { }
        }
        wire.First.Detach();
        var next = Guest(wire.First).Start();
        for (int i = 0; i < 10; i++) next.Send(TestFrames.Plain(100, i));
        NetGuest.Settle(next, other);
        next.Collect();
        next.Unsent.Should().Be(0);
        other.OfferAll(2000);
        NetGuest.Settle(next, other);
        other.Receive().Should().HaveCount(10);
    }

    [Fact]
    public void A_sender_that_waits_for_room_goes_on_when_its_receiver_ends()
    {
        var (wire, one, other) = Pair();
        NetGuest.Settle(one, other);
        while (one.Send(TestFrames.Plain(1500, 1))) while (one.Work()) { }
        wire.Second.Detach();
        while (one.Work()) { }
        one.Collect();
        one.Unsent.Should().Be(0);
    }

    [Fact]
    public void A_wire_that_was_reset_is_down_at_both_ends_until_one_is_attached_anew()
    {
        var (wire, one, other) = Pair();
        NetGuest.Settle(one, other);
        one.Send(TestFrames.Plain(3000, 1));
        other.Offer(1000);
        NetGuest.Settle(one, other); // half received
        wire.Reset();
        wire.First.Detach();
        NetGuest.Settle(one, other);
        wire.First.IsLinkUp.Should().BeFalse();
        other.HasLink.Should().BeFalse();
        other.Send(TestFrames.Plain(100, 5)).Should().BeTrue();
        wire.Second.Sent.DroppedAtSender.Should().Be(1);

        var next = Guest(wire.First).Start().OfferAll(2000);
        NetGuest.Settle(next, other);
        other.HasLink.Should().BeTrue();
        next.HasLink.Should().BeTrue();
        next.Send(TestFrames.Plain(600, 6));
        other.Send(TestFrames.Plain(700, 7));
        NetGuest.Settle(next, other);
        next.Receive().Single().Frame.Should().Equal(TestFrames.Plain(700, 7));
        other.Receive().Single().Frame.Should().Equal(TestFrames.Plain(600, 6));
    }

    // The control queue and several pairs.

    private static byte Command(NetGuest guest, int queue, byte[] command)
    {
        var control = guest.Control ??= guest.Driver.SetUp(queue, 0x3C_0000, NetGuest.Size);
        command.CopyTo(guest.Test.Memory[0x3F_0000..]);
        guest.Test.Memory[0x3F_1000] = 0xEE;
        control.Offer((0x3F_0000, command.Length, false), (0x3F_1000, 1, true));
        guest.Driver.Ring(queue);
        control.TakeUsed().Single().Written.Should().Be(1);
        return guest.Test.Memory[0x3F_1000];
    }

    [Theory]
    [InlineData(new byte[] { 0, 0, 1 }, 0)]
    [InlineData(new byte[] { 0, 1, 0 }, 0)]
    [InlineData(new byte[] { 0, 0 }, 1)]
    [InlineData(new byte[] { 0, 2, 1 }, 1)]
    [InlineData(new byte[] { 1, 0, 0, 0, 0, 0, 0, 0, 0, 0 }, 0)]
    [InlineData(new byte[] { 1, 1, 2, 3, 4, 5, 6, 7 }, 0)]
    [InlineData(new byte[] { 1, 1, 2, 3, 4, 5, 6 }, 1)]
    [InlineData(new byte[] { 2, 0, 1, 0 }, 1)]
    [InlineData(new byte[] { 4, 0, 1, 0 }, 1)] // several pairs were not agreed on
    [InlineData(new byte[] { 9 }, 1)]
    public void Commands_are_done_or_refused(byte[] command, byte status)
    {
        var (_, one, _) = Pair();
        Command(one, 2, command).Should().Be(status);
        if (command is not [1, 1, _, _, _, _, _, 7]) return;
        one.Driver.Read(VirtioDriver.Device, 4).Should().Be(0x05040302);
        one.Driver.Read(VirtioDriver.Device + 4, 2).Should().Be(0x0706);
    }

    [Fact]
    public void Several_pairs_are_used_when_the_driver_says_so()
    {
        var wire = new Wire("test", default, default, Hz);
        var parameters = new NetParameters(1, queuePairs: 2, queueSize: NetGuest.Size);
        var one = Guest(wire.First, parameters);
        var other = Guest(wire.Second, parameters);
        one.Start(NetGuest.EveryFeature | VirtioNetFeature.MultiQueue, pair: 1);
        other.Start(NetGuest.EveryFeature | VirtioNetFeature.MultiQueue, pair: 1);
        Command(other, 4, [4, 0, 3, 0]).Should().Be(1);
        Command(other, 4, [4, 0, 0, 0]).Should().Be(1);
        Command(other, 4, [4, 0, 2, 0]).Should().Be(0);
        other.OfferAll(2000);
        one.Send(TestFrames.Plain(100, 1));
        NetGuest.Settle(one, other);
        other.Receive().Single().Frame.Should().Equal(TestFrames.Plain(100, 1), "what was sent by the second pair is received by the second");
    }

    // Garbage, and the balance.

    [Fact]
    public void Whatever_comes_in_any_order_nothing_is_lost_uncounted_and_no_frame_is_changed()
    {
        var step = from action in Gen.Choose(0, 19)
                   from length in Gen.Frequency((4, Gen.Choose(1, 1600)), (1, Gen.Choose(1, 66_000)))
                   from garbage in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(12)
                   select (action, length, garbage);
        var cases = from steps in step.ArrayOf(150)
                    from policy in Gen.Elements(
                        default, new WirePolicy(whenFull: WhenFull.Drop), new WirePolicy(5_000_000, 100_000), new WirePolicy(5_000_000, 100_000, WhenFull.Drop))
                    from features in Gen.Elements(NetGuest.EveryFeature, Plain, VirtioFeature.Version1)
                    select (steps, policy, features);
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var wire = new Wire("test", c.policy, c.policy, Hz);
            using var one = new NetGuest(wire.First).Start();
            using var other = new NetGuest(wire.Second).Start(c.features);
            int offered = 0, last = -1;
            for (int i = 0; i < c.steps.Length; i++)
            {
                var (action, length, garbage) = c.steps[i];
                switch (action)
                {
                    case < 8:
                        if (one.Send(TestFrames.Plain(Math.Max(length, 18), i), cut: length % 50)) offered++;
                        break;
                    case < 10:
                        var frame = TestFrames.Tcp(payload: length % 65_000, seed: i);
                        if (one.Send(frame, garbage[0] < 128 ? TestFrames.HeaderOf(frame, 1448) : MemoryMarshal.Read<VirtioNetHeader>(garbage))) offered++;
                        break;
                    case < 14:
                        other.Offer(length % 3 == 0 ? [12, 100, 1500] : [1 << 16, 1 << 15]);
                        break;
                    case < 16:
                        foreach (var (_, bytes) in other.Receive())
                        {
                            if (bytes.Length < 14 || TestFrames.Get16(bytes, 12) != 0x88B5) continue;
                            int number = MemoryMarshal.Read<int>(bytes);
                            number.Should().BeGreaterThan(last, "order is kept");
                            last = number;
                            bytes.AsSpan().SequenceEqual(TestFrames.Plain(Math.Max(c.steps[number].length, 18), number)).Should().BeTrue();
                        }
                        break;
                    case < 18:
                        one.Work();
                        other.Work();
                        one.Test.Cpu.Run((ulong)length * 1000);
                        break;
                    case 18:
                        one.Driver.Status = VirtioStatus.None;
                        one.Collect();
                        offered -= one.Unsent;
                        one.Start();
                        break;
                    default:
                        other.Driver.Status = VirtioStatus.None;
                        other.Start(c.features);
                        break;
                }
            }
            one.Collect();
            int underWay = (int)(wire.First.Sent.SentFrames - wire.First.Sent.DeliveredFrames - wire.First.Sent.DroppedAtReceiver);
            underWay.Should().BeGreaterThanOrEqualTo(0);
            Balance(wire.First.Sent, offered - one.Unsent, underWay);

            // All that is under way arrives once there is room and time for it.
            for (int round = 0; round < 2000 && (underWay > 0 || one.Unsent > 0); round++)
            {
                other.Receive();
                other.OfferAll(1 << 16, 1 << 15);
                one.Test.Cpu.Run(Hz / 100);
                NetGuest.Settle(one, other);
                one.Collect();
                underWay = (int)(wire.First.Sent.SentFrames - wire.First.Sent.DeliveredFrames - wire.First.Sent.DroppedAtReceiver);
            }
            one.Unsent.Should().Be(0);
            Balance(wire.First.Sent, offered);
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Nothing_on_the_exit_way_allocates()
    {
        var (_, one, other) = Pair(other: Plain);
        var frame = TestFrames.Tcp(payload: 20_000);
        var header = TestFrames.HeaderOf(frame, 1448);
        for (int round = 0; round < 2; round++)
        {
            other.OfferAll(2000);
            for (int i = 0; i < 3; i++) one.Send(frame, header);
            long before = GC.GetAllocatedBytesForCurrentThread();
            one.Test.Machine.DoWork();
            one.RingSend();
            other.Test.Machine.DoWork();
            long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
            if (round > 0) allocated.Should().Be(0);
            NetGuest.Settle(one, other);
            other.Receive();
        }
    }
}
