using System;
using System.Collections.Generic;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Devices.Tests.Net;

public class TcpSegmenterTests
{
    private static List<byte[]> Cut(byte[] frame, int segmentSize)
    {
        var copy = (byte[])frame.Clone();
        TcpFrame.TryParse(copy, out var tcp).Should().BeTrue();
        var segmenter = new TcpSegmenter();
        segmenter.Start(copy, tcp, segmentSize);
        var segments = new List<byte[]>();
        while (segmenter.TryNext(copy)) segments.Add(segmenter.Current(copy).ToArray());
        segmenter.TryNext(copy).Should().BeFalse();
        return segments;
    }

    /// <summary>A segment by the plainest way: a frame of its own, with the fields that differ written anew.</summary>
    private static byte[] Expect(byte[] frame, TcpFrame tcp, int index, int segmentSize)
    {
        int from = tcp.Payload + index * segmentSize, length = Math.Min(segmentSize, frame.Length - from);
        byte[] segment = [.. frame[..tcp.Payload], .. frame[from..(from + length)]];
        bool last = from + length == frame.Length;
        if (tcp.IsIPv6) TestFrames.Put16(segment, tcp.Network + 4, segment.Length - tcp.Network - 40);
        else
        {
            TestFrames.Put16(segment, tcp.Network + 2, segment.Length - tcp.Network);
            TestFrames.Put16(segment, tcp.Network + 4, TestFrames.Get16(frame, tcp.Network + 4) + index);
            TestFrames.Put16(segment, tcp.Network + 10, 0);
            TestFrames.Put16(segment, tcp.Network + 10, ~TestFrames.Sum(segment.AsSpan(tcp.Network, tcp.Transport - tcp.Network)));
        }
        uint sequence = TestFrames.Get32(frame, tcp.Transport + 4) + (uint)(index * segmentSize);
        TestFrames.Put16(segment, tcp.Transport + 4, (int)(sequence >> 16));
        TestFrames.Put16(segment, tcp.Transport + 6, (int)sequence);
        if (!last) segment[tcp.Transport + 13] &= 0xFF ^ (TestFrames.Fin | TestFrames.Psh);
        if (index > 0) segment[tcp.Transport + 13] &= 0xFF ^ TestFrames.Cwr;
        TestFrames.Put16(segment, tcp.Transport + 16, 0);
        int sum = TestFrames.Sum(segment.AsSpan(tcp.Transport), TestFrames.PseudoSum(segment, tcp.Network, segment.Length - tcp.Transport));
        TestFrames.Put16(segment, tcp.Transport + 16, ~sum);
        return segment;
    }

    private static void Check(byte[] frame, int segmentSize)
    {
        TcpFrame.TryParse(frame, out var tcp);
        var segments = Cut(frame, segmentSize);
        segments.Should().HaveCount(Math.Max(1, (frame.Length - tcp.Payload + segmentSize - 1) / segmentSize));
        for (int i = 0; i < segments.Count; i++) segments[i].AsSpan().SequenceEqual(Expect(frame, tcp, i, segmentSize)).Should().BeTrue("segment {0} is right", i);
    }

    [Fact]
    public void Every_payload_around_every_multiple_of_the_size_is_cut_right()
    {
        for (int size = 1; size < 60; size += 7)
            for (int payload = 0; payload < 200; payload++) Check(TestFrames.Tcp(v6: payload % 2 == 0, payload: payload, flags: 0xFF, seed: payload), size);
    }

    [Fact]
    public void Any_TCP_frame_is_cut_as_the_plainest_way_does()
    {
        var cases = from v6 in Gen.Elements(false, true)
                    from tags in Gen.Choose(0, 2)
                    from ipOptions in Gen.Choose(0, 10)
                    from tcpOptions in Gen.Choose(0, 10)
                    from payload in Gen.Choose(0, 65_000)
                    from size in Gen.Choose(48, 9000)
                    from flags in Gen.Choose(0, 255)
                    from sequence in Gen.Elements(0u, 1000u, uint.MaxValue - 3000)
                    from identification in Gen.Elements<ushort>(0, 0xFFFE)
                    from seed in Gen.Choose(0, int.MaxValue)
                    select (frame: TestFrames.Tcp(v6, tags, 4 * ipOptions, 4 * tcpOptions, payload, (byte)flags, sequence, identification, seed), size);
        Prop.ForAll(cases.ToArbitrary(), c => Check(c.frame, c.size)).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Cutting_allocates_nothing()
    {
        var frame = TestFrames.Tcp(payload: 60_000);
        TcpFrame.TryParse(frame, out var tcp);
        var segmenter = new TcpSegmenter();
        long before = GC.GetAllocatedBytesForCurrentThread();
        segmenter.Start(frame, tcp, 1448);
        while (segmenter.TryNext(frame)) { }
        (GC.GetAllocatedBytesForCurrentThread() - before).Should().Be(0);
    }
}
