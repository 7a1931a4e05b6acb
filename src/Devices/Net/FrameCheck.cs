using System;

namespace Lamina.Devices;

/// <summary>
/// Looks at a frame that a guest sends and at the header before it, once both are copied to where the guest cannot change them, and says what the frame needs. What
/// comes out holds for whoever relies on it later: the checksum's field lies within the frame, a frame to be cut is a <see cref="TcpFrame"/>, and its checksum is TCP's.
/// </summary>
internal static class FrameCheck
{
    /// <summary>The least payload of a segment, as Linux's TCP has it (TCP_MIN_SND_MSS): a frame does not become more than some 1,400 segments.</summary>
    public const int MinSegmentSize = 48;

    /// <summary>
    /// False when the header is refused: an offload that was not agreed on, a checksum's field outside the frame, or a frame that cannot be cut as it says.
    /// <paramref name="record"/> then holds the length alone. Flags that are not known are ignored, and the length of headers is measured, not believed (virtio 1.2,
    /// 5.1.6.2.2).
    /// </summary>
    public static bool TryAccept(in VirtioNetHeader header, ReadOnlySpan<byte> frame, NetOffloads agreed, out FrameRecord record)
    {
        record = new FrameRecord { Length = frame.Length };
        bool needsChecksum = (header.Flags & VirtioNetHeaderFlags.NeedsChecksum) != 0;
        if (!needsChecksum) return header.Segmentation == VirtioNetSegmentation.None && frame.Length >= EthernetHeader.Size;

        int field = header.ChecksumStart + header.ChecksumOffset;
        if ((agreed & NetOffloads.Checksum) == 0 || header.ChecksumStart < EthernetHeader.Size || field + sizeof(ushort) > frame.Length) return false;
        var needs = NetOffloads.Checksum;
        if (header.Segmentation != VirtioNetSegmentation.None)
        {
            if (!TryAcceptSegmentation(header, frame, agreed, ref needs, out int headers)) return false;
            record.HeaderLength = (ushort)headers;
            record.SegmentSize = header.SegmentSize;
        }
        record.ChecksumStart = header.ChecksumStart;
        record.ChecksumOffset = header.ChecksumOffset;
        record.Needs = needs;
        return true;
    }

    private static bool TryAcceptSegmentation(
        in VirtioNetHeader header, ReadOnlySpan<byte> frame, NetOffloads agreed, ref NetOffloads needs, out int headers)
    {
        headers = 0;
        bool isIPv6 = (header.Segmentation & ~VirtioNetSegmentation.CongestionNotification) == VirtioNetSegmentation.TcpV6;
        if (!isIPv6 && (header.Segmentation & ~VirtioNetSegmentation.CongestionNotification) != VirtioNetSegmentation.TcpV4) return false;
        needs |= isIPv6 ? NetOffloads.TcpV6 : NetOffloads.TcpV4;
        if ((header.Segmentation & VirtioNetSegmentation.CongestionNotification) != 0) needs |= NetOffloads.CongestionNotification;
        if ((needs & ~agreed) != 0 || header.SegmentSize < MinSegmentSize) return false;
        if (!TcpFrame.TryParse(frame, out var tcp) || tcp.IsIPv6 != isIPv6) return false;
        headers = tcp.Payload;
        return header.ChecksumStart == tcp.Transport && header.ChecksumOffset == TcpHeader.ChecksumOffset;
    }
}
