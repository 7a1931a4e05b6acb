using System;
using System.Buffers.Binary;

namespace Lamina.Devices.Tests.Net;

/// <summary>Frames for tests, and what is right for them by the plainest reading of the RFCs.</summary>
internal static class TestFrames
{
    public const byte Fin = 1, Psh = 8, Ack = 16, Cwr = 128;

    /// <summary>A TCP frame whose checksum is half done, as a guest with offloads sends it.</summary>
    public static byte[] Tcp(
        bool v6 = false, int tags = 0, int ipOptions = 0, int tcpOptions = 0, int payload = 100, byte flags = Ack, uint sequence = 1000, ushort identification = 7,
        int seed = 1, byte[]? extensions = null)
    {
        extensions ??= [];
        int network = 14 + 4 * tags, transport = network + (v6 ? 40 + extensions.Length : 20 + ipOptions), data = transport + 20 + tcpOptions;
        var frame = new byte[data + payload];
        var random = new Random(seed);
        random.NextBytes(frame);
        for (int i = 0; i < tags; i++) Put16(frame, 12 + 4 * i, i == 0 && tags == 2 ? 0x88A8 : 0x8100);
        Put16(frame, network - 2, v6 ? 0x86DD : 0x0800);
        var ip = frame.AsSpan(network);
        if (v6)
        {
            ip[0] = 0x60;
            Put16(frame, network + 4, frame.Length - network - 40);
            ip[6] = extensions.Length > 0 ? (byte)0 : (byte)6;
            extensions.CopyTo(ip[40..]);
        }
        else
        {
            ip[0] = (byte)(0x40 | (20 + ipOptions) / 4);
            Put16(frame, network + 2, frame.Length - network);
            Put16(frame, network + 4, identification);
            Put16(frame, network + 6, 0x4000);
            ip[9] = 6;
            Put16(frame, network + 10, 0);
            Put16(frame, network + 10, (ushort)~Sum(ip[..(20 + ipOptions)]));
        }
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(transport + 4), sequence);
        frame[transport + 12] = (byte)((20 + tcpOptions) / 4 << 4);
        frame[transport + 13] = flags;
        Put16(frame, transport + 16, PseudoSum(frame, network, frame.Length - transport));
        return frame;
    }

    /// <summary>A frame of some other kind, whose first bytes say which one it is.</summary>
    public static byte[] Plain(int length, int number)
    {
        var frame = new byte[length];
        new Random(number).NextBytes(frame);
        Put16(frame, 12, 0x88B5); // local experimental
        BinaryPrimitives.WriteInt32LittleEndian(frame, number);
        return frame;
    }

    /// <summary>The header that goes with a TCP frame.</summary>
    public static VirtioNetHeader HeaderOf(byte[] frame, ushort segmentSize, bool v6 = false)
    {
        if (!TcpFrame.TryParse(frame, out var tcp)) throw new ArgumentException("not a TCP frame", nameof(frame));
        return new VirtioNetHeader
        {
            Flags = VirtioNetHeaderFlags.NeedsChecksum, Segmentation = segmentSize == 0 ? 0 : v6 ? VirtioNetSegmentation.TcpV6 : VirtioNetSegmentation.TcpV4,
            HeaderLength = (ushort)tcp.Payload, SegmentSize = segmentSize, ChecksumStart = (ushort)tcp.Transport, ChecksumOffset = 16,
        };
    }

    /// <summary>The ones' complement sum of big-endian words, word by word.</summary>
    public static ushort Sum(ReadOnlySpan<byte> data, uint sum = 0)
    {
        for (int i = 0; i < data.Length; i++)
        {
            sum += i % 2 == 0 ? (uint)data[i] << 8 : data[i];
            if (sum > 0xFFFF) sum -= 0xFFFF;
        }
        return (ushort)sum;
    }

    /// <summary>The sum of the pseudo-header of a frame whose IP header is at <paramref name="network"/>.</summary>
    public static ushort PseudoSum(ReadOnlySpan<byte> frame, int network, int length)
    {
        var addresses = frame[network] >> 4 == 6 ? frame.Slice(network + 8, 32) : frame.Slice(network + 12, 8);
        return Sum([(byte)(length >> 8), (byte)length, 0, 6], Sum(addresses));
    }

    /// <summary>Whether the TCP checksum is right: all of it sums up to ones.</summary>
    public static bool IsTcpChecksumRight(ReadOnlySpan<byte> frame)
    {
        if (!TcpFrame.TryParse(frame, out var tcp)) return false;
        return Sum(frame[tcp.Transport..], PseudoSum(frame, tcp.Network, frame.Length - tcp.Transport)) == 0xFFFF;
    }

    public static void Put16(Span<byte> at, int offset, int value) => BinaryPrimitives.WriteUInt16BigEndian(at[offset..], (ushort)value);

    public static ushort Get16(ReadOnlySpan<byte> at, int offset) => BinaryPrimitives.ReadUInt16BigEndian(at[offset..]);

    public static uint Get32(ReadOnlySpan<byte> at, int offset) => BinaryPrimitives.ReadUInt32BigEndian(at[offset..]);
}
