using System;

namespace Lamina.Devices.Tests.Net;

public class TcpFrameTests
{
    private static readonly byte[] HopByHop = [43, 0, 1, 4, 0, 0, 0, 0];
    private static readonly byte[] Routing = [60, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    private static readonly byte[] Destination = [6, 0, 1, 4, 0, 0, 0, 0];

    [Theory]
    [InlineData(false, 0, 0, 0)]
    [InlineData(false, 1, 40, 40)]
    [InlineData(false, 2, 8, 12)]
    [InlineData(true, 0, 0, 0)]
    [InlineData(true, 2, 0, 40)]
    public void Headers_are_found(bool v6, int tags, int ipOptions, int tcpOptions)
    {
        TcpFrame.TryParse(TestFrames.Tcp(v6, tags, ipOptions, tcpOptions), out var tcp).Should().BeTrue();
        tcp.IsIPv6.Should().Be(v6);
        tcp.Network.Should().Be(14 + 4 * tags);
        tcp.Transport.Should().Be(tcp.Network + (v6 ? 40 : 20 + ipOptions));
        tcp.Payload.Should().Be(tcp.Transport + 20 + tcpOptions);
    }

    [Fact]
    public void Extension_headers_are_walked()
    {
        byte[] extensions = [.. HopByHop, .. Routing, .. Destination];
        TcpFrame.TryParse(TestFrames.Tcp(v6: true, extensions: extensions), out var tcp).Should().BeTrue();
        tcp.Transport.Should().Be(14 + 40 + extensions.Length);
    }

    [Fact]
    public void What_is_cut_short_is_none()
    {
        var frame = TestFrames.Tcp(v6: true, tags: 1, tcpOptions: 8, payload: 0, extensions: [.. Destination]);
        for (int length = 0; length < frame.Length; length++) TcpFrame.TryParse(frame.AsSpan(0, length), out _).Should().BeFalse();
        TcpFrame.TryParse(frame, out _).Should().BeTrue();
    }

    [Fact]
    public void Headers_longer_than_a_segmenter_keeps_are_none()
    {
        var extension = new byte[8 * 24];
        extension[0] = 6;
        extension[1] = 23;
        TcpFrame.TryParse(TestFrames.Tcp(v6: true, payload: 1000, extensions: extension), out _).Should().BeFalse();
    }

    [Theory]
    [InlineData(12, 0x08, 0x06)] // ARP
    [InlineData(14, 0x65, 0x00)] // version 6 under IPv4's type
    [InlineData(14, 0x44, 0x00)] // a header of 16 bytes
    [InlineData(20, 0x20, 0x00)] // the first fragment
    [InlineData(20, 0x00, 0x01)] // a later one
    [InlineData(22, 0x40, 0x11)] // UDP
    [InlineData(46, 0x40, 0x10)] // a TCP header of 16 bytes
    public void What_is_not_a_whole_TCP_packet_is_none(int offset, byte first, byte second)
    {
        var frame = TestFrames.Tcp();
        TcpFrame.TryParse(frame, out _).Should().BeTrue();
        frame[offset] = first;
        frame[offset + 1] = second;
        TcpFrame.TryParse(frame, out _).Should().BeFalse();
    }

    [Fact]
    public void Three_tags_are_none() => TcpFrame.TryParse(TestFrames.Tcp(tags: 3), out _).Should().BeFalse();

    [Theory]
    [InlineData(44)] // a fragment
    [InlineData(51)] // authentication
    [InlineData(59)] // nothing follows
    public void Other_extension_headers_are_none(byte next)
    {
        var frame = TestFrames.Tcp(v6: true, extensions: [next, 0, 1, 4, 0, 0, 0, 0]);
        TcpFrame.TryParse(frame, out _).Should().BeFalse();
    }
}
