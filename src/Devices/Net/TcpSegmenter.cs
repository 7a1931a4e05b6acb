using System;
using System.Runtime.InteropServices;

namespace Lamina.Devices;

/// <summary>
/// Cuts a TCP frame that is larger than its receiver takes into segments with complete checksums (as Linux's tcp_gso_segment, or a card with TSO, does). Each segment
/// is made in place: its headers are written before its payload, over the end of the segment before, which has been delivered by then. So the frame is consumed by it, and
/// nothing is copied. One is made with a device, and started anew for each frame.
/// </summary>
internal sealed class TcpSegmenter
{
    private readonly byte[] _headers = new byte[TcpFrame.MaxHeaderBytes];
    private TcpFrame _frame;
    private int _segmentSize;
    private int _length;
    private int _next;
    private int _start, _end;
    private ushort _index;

    /// <summary>
    /// Begins with a frame whose payload goes in pieces of <paramref name="segmentSize"/> bytes, at least 1. Its TCP checksum is half done, as
    /// <see cref="InternetChecksum.Complete(Span{byte}, int, int)"/> has it.
    /// </summary>
    public void Start(ReadOnlySpan<byte> frame, in TcpFrame headers, int segmentSize)
    {
        _frame = headers;
        _segmentSize = segmentSize;
        _length = frame.Length;
        _next = headers.Payload;
        _index = 0;
        frame[..headers.Payload].CopyTo(_headers);
    }

    /// <summary>
    /// Makes the next segment of the frame that it was started with; it is then the <see cref="Current"/>. False when there was no more. A frame without payload is one segment.
    /// </summary>
    public bool TryNext(Span<byte> frame)
    {
        if (_index > 0 && _next >= _length) return false;
        int headers = _frame.Payload;
        _start = _next - headers;
        _end = Math.Min(_next + _segmentSize, _length);
        var segment = Current(frame);
        _headers.AsSpan(0, headers).CopyTo(segment);

        if (_frame.IsIPv6) WriteIPv6(segment);
        else WriteIPv4(segment);
        WriteTcp(segment, isLast: _end == _length);
        _next = _end;
        _index++;
        return true;
    }

    /// <summary>The segment that was made last, within the frame.</summary>
    public Span<byte> Current(Span<byte> frame) => frame[_start.._end];

    private void WriteIPv4(Span<byte> segment)
    {
        var header = segment[_frame.Network.._frame.Transport];
        ref var ip = ref MemoryMarshal.AsRef<IPv4Header>(header);
        ip.TotalLength.Value = (ushort)(segment.Length - _frame.Network);
        ip.Identification.Value += _index;
        ip.Checksum.Raw = 0;
        ip.Checksum.Raw = (ushort)~InternetChecksum.Fold(InternetChecksum.Add(0, header));
    }

    private void WriteIPv6(Span<byte> segment) =>
        MemoryMarshal.AsRef<IPv6Header>(segment[_frame.Network..]).PayloadLength.Value = (ushort)(segment.Length - _frame.Network - IPv6Header.Size);

    private void WriteTcp(Span<byte> segment, bool isLast)
    {
        var all = segment[_frame.Transport..];
        ref var tcp = ref MemoryMarshal.AsRef<TcpHeader>(all);
        tcp.Sequence.Value += (uint)(_next - _frame.Payload);
        if (!isLast) tcp.Flags &= ~(TcpFlags.Finish | TcpFlags.Push);
        if (_index > 0) tcp.Flags &= ~TcpFlags.CongestionWindowReduced;

        // The sum in the field has the length of the whole: that is taken out (in ones' complement, by adding the complement), the segment's put in (RFC 1624).
        var whole = new BigEndian16 { Value = (ushort)(_length - _frame.Transport) };
        var part = new BigEndian16 { Value = (ushort)all.Length };
        tcp.Checksum.Raw = InternetChecksum.Fold((ulong)tcp.Checksum.Raw + (ushort)~whole.Raw + part.Raw);
        tcp.Checksum.Raw = (ushort)~InternetChecksum.Fold(InternetChecksum.Add(0, all));
    }
}
