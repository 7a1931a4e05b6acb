using System;

namespace Lamina.Devices;

/// <summary>
/// From a network device's wire into its receive queues, with the work done that the sender left and the driver does not take. When its driver offers no buffers it waits for some,
/// and says so to the wire: whatever the other end sends then costs this VM nothing.
/// <para>
/// A turn of the VM takes <see cref="VirtioNet.MostFrames"/> and <see cref="VirtioNet.MostBytes"/>, so that one which has something else to do comes to do it, however much is sent to
/// it. One that has nothing else halts when it is done with them, and its next turn follows at once.
/// </para>
/// </summary>
internal sealed class NetReceiver(VirtioNet device, WireTerminal end, int queueSize)
{
    private readonly WireDirection _direction = end.Incoming;
    private readonly ReceiveBuffers _buffers = new(queueSize);
    private readonly TcpSegmenter _segmenter = new();

    // What is known of the oldest frame of the wire, once it was begun with.
    private ulong _position = ulong.MaxValue;
    private Virtqueue? _queue;
    private VirtioNetHeader _header;
    private bool _isCut, _hasSegment;

    // What this turn may still take.
    private ulong _turn = ulong.MaxValue;
    private int _left, _bytesLeft;

    /// <summary>What the driver takes undone.</summary>
    public NetOffloads Takes { get; set; }

    /// <summary>As after the device's reset.</summary>
    public void Reset()
    {
        Takes = NetOffloads.None;
        _buffers.Reset();
        _position = ulong.MaxValue;
    }

    /// <summary>The driver has offered buffers: if they were waited for, they are used.</summary>
    public void BuffersCame()
    {
        if (!_direction.Ring.ConsumerWaits) return;
        _direction.Ring.ConsumerWaits = false;
        Receive();
    }

    /// <summary>Takes frames, as many as the turn may still take.</summary>
    public void Receive()
    {
        var ring = _direction.Ring;
        var counters = _direction.Counters;
        int dropped = ring.DropCancelled();
        if (dropped > 0)
        {
            counters.DroppedAtReceiver += (ulong)dropped;
            // The frame that wanted more buffers is gone: those that are there may do for the next.
            if (ring.ConsumerWaits) ring.ConsumerWaits = false;
        }
        if (!ring.ConsumerWaits) Deliver(ring, counters);
        if (ring.TakeProducerToWake()) end.WakePeer();
    }

    private void Deliver(WireRing ring, WireCounters counters)
    {
        _buffers.Merges = device.Has(VirtioNetFeature.MergeableBuffers);
        if (_turn != device.Turn)
        {
            _turn = device.Turn;
            _left = VirtioNet.MostFrames;
            _bytesLeft = VirtioNet.MostBytes;
        }
        while (ring.TryPeek(out var record, out var frame))
        {
            if (_left <= 0 || _bytesLeft <= 0)
            {
                device.WorkNextTurn();
                break;
            }
            if (ring.Position != _position) Begin(record, frame);
            var queue = _queue!;
            var result = _isCut ? PutSegments(queue, frame) : _buffers.Put(queue, _header, frame);
            if (result == ReceiveResult.NeedsBuffers)
            {
                if (_left > 0 && !TryWaitForBuffers(queue)) continue;
                if (_left <= 0) device.WorkNextTurn();
                break;
            }
            ring.Release(record);
            _left--;
            _bytesLeft -= record.Length;
            if (result == ReceiveResult.TooLarge)
            {
                counters.DroppedAtReceiver++;
                continue;
            }
            counters.DeliveredFrames++;
            counters.DeliveredBytes += (ulong)record.Length;
        }
        for (int pair = 0; pair < device.QueuePairs; pair++) device.Queues[VirtioNet.QueueOf(pair)].Publish();
    }

    /// <summary>Begins with the oldest frame: what its driver does not take undone is done, once.</summary>
    private void Begin(in FrameRecord record, Span<byte> frame)
    {
        _buffers.Abandon();
        _position = _direction.Ring.Position;
        // Once for a frame: the driver may use other pairs from now on.
        _queue = device.Queues[VirtioNet.QueueOf(record.QueuePair % device.ActivePairs)];
        _header = default;
        _isCut = false;
        if (record.Needs == NetOffloads.None) return;
        if ((record.Needs & ~Takes) == 0)
        {
            _header = HeaderOf(record);
            return;
        }
        if (record.SegmentSize == 0)
        {
            InternetChecksum.Complete(frame, record.ChecksumStart, record.ChecksumOffset);
            return;
        }
        // It was parsed when it was accepted, and nobody could change it since.
        TcpFrame.TryParse(frame, out var headers);
        _segmenter.Start(frame, headers, record.SegmentSize);
        _isCut = true;
        _hasSegment = false;
        if ((Takes & NetOffloads.Checksum) != 0) _header.Flags = VirtioNetHeaderFlags.DataValid;
    }

    /// <summary>Puts a frame's segments, as many as the turn has left; <see cref="ReceiveResult.NeedsBuffers"/> also when that is over.</summary>
    private ReceiveResult PutSegments(Virtqueue queue, Span<byte> frame)
    {
        while (_hasSegment || _segmenter.TryNext(frame))
        {
            _hasSegment = true;
            if (_left <= 0) return ReceiveResult.NeedsBuffers;
            var result = _buffers.Put(queue, _header, _segmenter.Current(frame));
            if (result != ReceiveResult.Done) return result;
            _hasSegment = false;
            _left--;
        }
        return ReceiveResult.Done;
    }

    /// <summary>Waits for the driver to offer buffers. False when it has meanwhile.</summary>
    private bool TryWaitForBuffers(Virtqueue queue)
    {
        _direction.Ring.ConsumerWaits = true;
        if (!queue.EnableNotifications()) return true;
        _direction.Ring.ConsumerWaits = false;
        queue.DisableNotifications();
        return false;
    }

    private static VirtioNetHeader HeaderOf(in FrameRecord record) => new()
    {
        Flags = VirtioNetHeaderFlags.NeedsChecksum,
        Segmentation = ((record.Needs & NetOffloads.TcpV4) != 0 ? VirtioNetSegmentation.TcpV4 : 0)
            | ((record.Needs & NetOffloads.TcpV6) != 0 ? VirtioNetSegmentation.TcpV6 : 0)
            | ((record.Needs & NetOffloads.CongestionNotification) != 0 ? VirtioNetSegmentation.CongestionNotification : 0),
        HeaderLength = record.HeaderLength,
        SegmentSize = record.SegmentSize,
        ChecksumStart = record.ChecksumStart,
        ChecksumOffset = record.ChecksumOffset,
    };
}
