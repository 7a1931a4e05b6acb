using System;

namespace Lamina.Devices;

/// <summary>
/// Puts frames into the buffers that a driver offers, one after another: into one buffer each, or, if the driver has agreed to merge, into as many as it takes (virtio 1.2, 5.1.6.4).
/// A frame for which buffers are wanting is gone on with when there are more: nothing is looked at or written twice, however slowly a driver offers them.
/// </summary>
internal sealed class ReceiveBuffers(int queueSize)
{
    private readonly DescriptorChain _first = new();
    private readonly DescriptorChain _later = new();
    private readonly ushort[] _heads = new ushort[queueSize];
    private readonly int[] _written = new int[queueSize];
    private Virtqueue? _queue;
    private int _count;
    private int _done;

    /// <summary>Whether a frame may lie in several buffers.</summary>
    public bool Merges { get; set; }

    /// <summary>
    /// Puts a frame behind its header into <paramref name="queue"/>'s buffers, or goes on with it: the caller gives the same again until it is done. It is returned to the driver, to be
    /// published by the caller.
    /// </summary>
    public ReceiveResult Put(Virtqueue queue, VirtioNetHeader header, ReadOnlySpan<byte> frame)
    {
        if (_count == 0)
        {
            var result = Begin(queue, ref header, frame);
            if (_count == 0) return result;
        }
        var chain = _count == 1 ? _first : _later;
        while (true)
        {
            _done += chain.Write(frame[_done..]);
            _written[_count - 1] = chain.BytesWritten;
            if (_done == frame.Length) break;
            if (_count == Math.Min(_queue!.Size, _heads.Length))
            {
                Abandon();
                return ReceiveResult.TooLarge;
            }
            chain = _later;
            if (!TryTake(_queue, chain)) return ReceiveResult.NeedsBuffers;
            _heads[_count++] = chain.Head;
        }
        header.Buffers = (ushort)_count;
        _first.RewindWritable();
        _first.TryWrite(header);
        for (int i = 0; i < _count; i++) _queue!.Return(_heads[i], _written[i]);
        _count = 0;
        return ReceiveResult.Done;
    }

    /// <summary>A frame that was begun does not come any more: its buffers wait for the next.</summary>
    public void Abandon()
    {
        if (_count > 0) _queue!.PutBack(_count);
        _count = 0;
    }

    /// <summary>As after the device's reset: the buffers are the driver's again.</summary>
    public void Reset() => _count = 0;

    /// <summary>Takes the first buffer. Where the whole frame has room in it, as nearly always, that is all; else the frame is begun if it may be.</summary>
    private ReceiveResult Begin(Virtqueue queue, ref VirtioNetHeader header, ReadOnlySpan<byte> frame)
    {
        if (!TryTake(queue, _first)) return ReceiveResult.NeedsBuffers;
        if (_first.WritableBytes >= VirtioNetHeader.Size + frame.Length)
        {
            header.Buffers = 1;
            _first.TryWrite(header);
            _first.Write(frame);
            queue.Return(_first);
            return ReceiveResult.Done;
        }
        if (!Merges)
        {
            queue.PutBack(1);
            return ReceiveResult.TooLarge;
        }
        _queue = queue;
        _heads[0] = _first.Head;
        _count = 1;
        _done = 0;
        _first.SkipWritable(VirtioNetHeader.Size);
        return ReceiveResult.NeedsBuffers;
    }

    /// <summary>Takes a buffer. One that has no room for a header is against the rules (5.1.6.3.1), and breaks the queue.</summary>
    private static bool TryTake(Virtqueue queue, DescriptorChain chain)
    {
        if (!queue.TryTake(chain)) return false;
        if (chain.WritableBytes >= VirtioNetHeader.Size) return true;
        queue.Break(VirtqueueFault.Content);
        return false;
    }
}
