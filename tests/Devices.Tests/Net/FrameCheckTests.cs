using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;

namespace Lamina.Devices.Tests.Net;

public class FrameCheckTests
{
    private static bool Accept(VirtioNetHeader header, byte[] frame, out FrameRecord record, NetOffloads agreed = NetOffloads.All) =>
        FrameCheck.TryAccept(header, frame, agreed, out record);

    [Fact]
    public void Structures_have_their_sizes()
    {
        Unsafe.SizeOf<VirtioNetHeader>().Should().Be(VirtioNetHeader.Size);
        Marshal.OffsetOf<VirtioNetHeader>(nameof(VirtioNetHeader.SegmentSize)).Should().Be(4);
        Marshal.OffsetOf<VirtioNetHeader>(nameof(VirtioNetHeader.ChecksumStart)).Should().Be(6);
        Marshal.OffsetOf<VirtioNetHeader>(nameof(VirtioNetHeader.Buffers)).Should().Be(10);
        Unsafe.SizeOf<FrameRecord>().Should().Be(FrameRecord.Size);
        Unsafe.SizeOf<EthernetHeader>().Should().Be(EthernetHeader.Size);
        Marshal.OffsetOf<EthernetHeader>(nameof(EthernetHeader.Type)).Should().Be(12);
        Unsafe.SizeOf<IPv4Header>().Should().Be(IPv4Header.Size);
        Marshal.OffsetOf<IPv4Header>(nameof(IPv4Header.Protocol)).Should().Be(9);
        Unsafe.SizeOf<IPv6Header>().Should().Be(IPv6Header.Size);
        Marshal.OffsetOf<IPv6Header>(nameof(IPv6Header.NextHeader)).Should().Be(6);
        Unsafe.SizeOf<TcpHeader>().Should().Be(TcpHeader.Size);
        Marshal.OffsetOf<TcpHeader>(nameof(TcpHeader.Checksum)).Should().Be(TcpHeader.ChecksumOffset);
    }

    [Fact]
    public void A_plain_frame_needs_nothing_and_an_end_without_offloads_may_send_it()
    {
        Accept(default, TestFrames.Plain(60, 1), out var record, NetOffloads.None).Should().BeTrue();
        record.Length.Should().Be(60);
        record.Needs.Should().Be(NetOffloads.None);
    }

    [Fact]
    public void A_frame_without_an_Ethernet_header_is_refused()
    {
        Accept(default, new byte[13], out _).Should().BeFalse();
        Accept(default, new byte[14], out _).Should().BeTrue();
    }

    [Fact]
    public void Flags_that_are_not_known_are_ignored() =>
        Accept(new VirtioNetHeader { Flags = (VirtioNetHeaderFlags)0xFE, ChecksumStart = 9999 }, TestFrames.Plain(60, 1), out _).Should().BeTrue();

    [Theory]
    [InlineData(34, 16, true)]
    [InlineData(34, 24, true)] // the field is the last two bytes
    [InlineData(34, 25, false)]
    [InlineData(14, 0, true)]
    [InlineData(13, 2, false)] // in the Ethernet header
    [InlineData(0xFFFF, 0xFFFF, false)]
    [InlineData(58, 0, true)]
    [InlineData(0xFFFF, 1, false)]
    public void A_checksum_lies_within_the_frame(int start, int offset, bool accepted)
    {
        var header = new VirtioNetHeader { Flags = VirtioNetHeaderFlags.NeedsChecksum, ChecksumStart = (ushort)start, ChecksumOffset = (ushort)offset };
        Accept(header, TestFrames.Plain(60, 1), out var record).Should().Be(accepted);
        record.Needs.Should().Be(accepted ? NetOffloads.Checksum : NetOffloads.None);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_frame_to_be_cut_says_where_and_the_headers_are_measured(bool v6)
    {
        var frame = TestFrames.Tcp(v6, payload: 5000, tcpOptions: 12);
        var header = TestFrames.HeaderOf(frame, 1448, v6);
        header.HeaderLength = 0xFFFF;
        Accept(header, frame, out var record).Should().BeTrue();
        record.Needs.Should().Be(NetOffloads.Checksum | (v6 ? NetOffloads.TcpV6 : NetOffloads.TcpV4));
        record.HeaderLength.Should().Be((ushort)(frame.Length - 5000));
        record.SegmentSize.Should().Be(1448);
    }

    [Fact]
    public void What_was_not_agreed_on_is_refused()
    {
        var v4 = TestFrames.Tcp(payload: 5000);
        var v6 = TestFrames.Tcp(v6: true, payload: 5000);
        var marked = TestFrames.HeaderOf(v4, 1448);
        marked.Segmentation |= VirtioNetSegmentation.CongestionNotification;
        Accept(TestFrames.HeaderOf(v4, 1448), v4, out _, NetOffloads.All & ~NetOffloads.TcpV4).Should().BeFalse();
        Accept(TestFrames.HeaderOf(v6, 1448, true), v6, out _, NetOffloads.All & ~NetOffloads.TcpV6).Should().BeFalse();
        Accept(marked, v4, out _, NetOffloads.All & ~NetOffloads.CongestionNotification).Should().BeFalse();
        Accept(marked, v4, out _).Should().BeTrue();
        Accept(TestFrames.HeaderOf(v4, 0), v4, out _, NetOffloads.None).Should().BeFalse();
    }

    [Fact]
    public void A_frame_that_cannot_be_cut_as_it_says_is_refused()
    {
        var frame = TestFrames.Tcp(payload: 5000);
        var good = TestFrames.HeaderOf(frame, 1448);
        Accept(good, frame, out _).Should().BeTrue();
        Accept(good with { SegmentSize = 0 }, frame, out _).Should().BeFalse();
        Accept(good with { SegmentSize = FrameCheck.MinSegmentSize - 1 }, frame, out _).Should().BeFalse();
        Accept(good with { Flags = 0 }, frame, out _).Should().BeFalse("a frame to be cut needs a checksum");
        Accept(good with { ChecksumStart = 38 }, frame, out _).Should().BeFalse();
        Accept(good with { ChecksumOffset = 6 }, frame, out _).Should().BeFalse();
        Accept(good with { Segmentation = VirtioNetSegmentation.TcpV6 }, frame, out _).Should().BeFalse();
        for (int kind = 2; kind < 128; kind++)
            if (kind != 4) Accept(good with { Segmentation = (VirtioNetSegmentation)kind }, frame, out _).Should().BeFalse();
        Accept(good with { Segmentation = VirtioNetSegmentation.CongestionNotification }, frame, out _).Should().BeFalse();
        frame[23] = 17;
        Accept(good, frame, out _).Should().BeFalse("it is not TCP");
    }

    [Fact]
    public void Whatever_is_accepted_can_be_carried_out()
    {
        var cases = from raw in Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(12)
                    from useful in Gen.Choose(0, 3)
                    from frame in Gen.OneOf(
                        Gen.Choose(0, 255).Select(b => (byte)b).ArrayOf(), Gen.Choose(0, 3000).Select(n => TestFrames.Tcp(n % 2 == 0, n % 3, payload: n, seed: n)))
                    from flip in Gen.Choose(0, 200)
                    from value in Gen.Choose(0, 255)
                    select (raw, useful, frame, flip, value);
        int accepted = 0;
        Prop.ForAll(cases.ToArbitrary(), c =>
        {
            var header = MemoryMarshal.Read<VirtioNetHeader>(c.raw);
            if (c.useful > 0 && TcpFrame.TryParse(c.frame, out var tcp)) header = TestFrames.HeaderOf(c.frame, (ushort)(48 + c.raw[0]), tcp.IsIPv6);
            if (c.flip < c.frame.Length && c.useful > 1) c.frame[c.flip] = (byte)c.value;
            if (!Accept(header, c.frame, out var record)) return;
            accepted++;
            if (record.SegmentSize > 0)
            {
                TcpFrame.TryParse(c.frame, out var parsed).Should().BeTrue();
                parsed.Payload.Should().Be(record.HeaderLength);
                var segmenter = new TcpSegmenter();
                segmenter.Start(c.frame, parsed, record.SegmentSize);
                while (segmenter.TryNext(c.frame)) { }
            }
            else if (record.Needs != 0) InternetChecksum.Complete(c.frame, record.ChecksumStart, record.ChecksumOffset);
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(1000));
        accepted.Should().BeGreaterThan(100);
    }
}
