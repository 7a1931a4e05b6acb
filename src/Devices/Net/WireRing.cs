using System;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Threading;

namespace Lamina.Devices;

/// <summary>
/// The frames under way in one direction of a wire, in memory of the hypervisor: one producer, one consumer, no lock.
/// <para>
/// The rule: <c>_tail</c>, <c>_cancelled</c> and what lies between tail and head + capacity are the producer's, <c>_head</c> and what lies between head and tail the
/// consumer's. Each writes its own indices alone, and last of all (release); it reads the other's first (acquire). So the two may be on two CPUs. The flags that say "I wait"
/// are set and taken back by the one that waits, which then looks once more (a full fence between); the other looks at them after it has moved its index (a full fence between). Who
/// is producer or consumer may pass from one CPU to another by a message between them.
/// </para>
/// <para>
/// Indices count bytes and never wrap. A record is never split: when less than the largest one is left before the end of the buffer, the next begins at its start.
/// </para>
/// </summary>
internal sealed class WireRing
{
    /// <summary>The largest frame: 64 KiB of IP packet behind an Ethernet header (virtio 1.2, 5.1.6.3.1), in bytes.</summary>
    public const int MaxFrameBytes = 65550;
    private const int Alignment = FrameRecord.Size;
    private const int MaxRecordBytes = FrameRecord.Size + (MaxFrameBytes + Alignment - 1) / Alignment * Alignment;
    /// <summary>The smallest buffer: a record under way, and one being written.</summary>
    public const int MinCapacity = 1 << 18;
    /// <summary>The largest buffer, in bytes.</summary>
    public const int MaxCapacity = 1 << 24;

    private readonly byte[] _buffer;
    private readonly ulong _mask;
    private ulong _tail;
    private ulong _cancelled;
    private ulong _head;
    private int _producerWaits;
    private int _consumerWaits;

    /// <summary>A ring of at least <paramref name="capacity"/> bytes: the next power of two between the smallest and the largest.</summary>
    public WireRing(int capacity)
    {
        capacity = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(capacity, MinCapacity, MaxCapacity));
        _buffer = new byte[capacity];
        _mask = (ulong)capacity - 1;
    }

    /// <summary>Bytes of its buffer.</summary>
    public int Capacity => _buffer.Length;

    /// <summary>Producer: whether the largest frame has room.</summary>
    public bool HasRoom => Volatile.Read(ref _head) + (ulong)Capacity - _tail >= MaxRecordBytes;

    /// <summary>Whether no frame is under way. For the consumer exact, for the producer a moment old.</summary>
    public bool IsEmpty => Volatile.Read(ref _tail) == Volatile.Read(ref _head);

    /// <summary>Producer: where the next frame's first <paramref name="length"/> bytes go, at most <see cref="MaxFrameBytes"/>. Only while it <see cref="HasRoom"/>.</summary>
    public Span<byte> Reserve(int length) => _buffer.AsSpan((int)(_tail & _mask) + FrameRecord.Size, length);

    /// <summary>Producer: the frame that was written where <see cref="Reserve"/> said is under way.</summary>
    public void Commit(in FrameRecord record)
    {
        MemoryMarshal.Write(_buffer.AsSpan((int)(_tail & _mask)), in record);
        Volatile.Write(ref _tail, After(_tail, record.Length));
    }

    /// <summary>Producer: what is under way now is not to arrive. The consumer drops it when it looks next.</summary>
    public void Cancel() => Volatile.Write(ref _cancelled, _tail);

    /// <summary>
    /// Consumer: the oldest frame under way, in place, its own to change until it is released. False when there is none. What was cancelled must be dropped before:
    /// <see cref="DropCancelled"/>. A record that makes no sense (a fault of our own code may have left it, see <see cref="Wire.Reset"/>) is not used: all that is under way is
    /// dropped, uncounted.
    /// </summary>
    public bool TryPeek(out FrameRecord record, out Span<byte> frame)
    {
        ulong tail = Volatile.Read(ref _tail);
        if (tail != _head)
        {
            int position = (int)(_head & _mask);
            record = MemoryMarshal.Read<FrameRecord>(_buffer.AsSpan(position));
            if (IsSound(_head, record.Length, tail))
            {
                frame = _buffer.AsSpan(position + FrameRecord.Size, record.Length);
                return true;
            }
            Volatile.Write(ref _head, tail);
        }
        record = default;
        frame = default;
        return false;
    }

    /// <summary>Consumer: which frame is the oldest: a number that none had before it, nor will have.</summary>
    public ulong Position => _head;

    /// <summary>Consumer: done with the oldest frame.</summary>
    public void Release(in FrameRecord record) => Volatile.Write(ref _head, After(_head, record.Length));

    /// <summary>Consumer: drops what its producer cancelled. Returns how many frames that were.</summary>
    public int DropCancelled() => DropTo(Volatile.Read(ref _cancelled));

    /// <summary>Consumer: drops all that is under way. Returns how many frames that were.</summary>
    public int DropAll() => DropTo(Volatile.Read(ref _tail));

    /// <summary>
    /// Producer: it wants to be told when there is room again. False when there is room now, and it waits for nothing.
    /// </summary>
    public bool TryWaitForRoom()
    {
        Volatile.Write(ref _producerWaits, 1);
        Interlocked.MemoryBarrier();
        if (!HasRoom) return true;
        Volatile.Write(ref _producerWaits, 0);
        return false;
    }

    /// <summary>Consumer, after releasing: whether the producer waits and is to be told now, once half of the ring is free: not at each frame.</summary>
    public bool TakeProducerToWake()
    {
        Interlocked.MemoryBarrier();
        return Volatile.Read(ref _producerWaits) != 0 && Volatile.Read(ref _tail) - _head <= (ulong)Capacity / 2
            && Interlocked.Exchange(ref _producerWaits, 0) != 0;
    }

    /// <summary>Consumer: whether it waits for something other than frames (buffers to put them in), and need not be told of them.</summary>
    public bool ConsumerWaits
    {
        get => Volatile.Read(ref _consumerWaits) != 0;
        set
        {
            Volatile.Write(ref _consumerWaits, value ? 1 : 0);
            Interlocked.MemoryBarrier();
        }
    }

    private int DropTo(ulong end)
    {
        int dropped = 0;
        ulong head = _head;
        while (head < end)
        {
            int length = MemoryMarshal.Read<FrameRecord>(_buffer.AsSpan((int)(head & _mask))).Length;
            // How many frames are behind one that makes no sense nobody can tell: they count as one.
            head = IsSound(head, length, end) ? After(head, length) : end;
            dropped++;
        }
        if (dropped > 0) Volatile.Write(ref _head, head);
        return dropped;
    }

    // Whether a record at an index can have that length, as what follows it begins at the end or before.
    private bool IsSound(ulong index, int length, ulong end) => (uint)length <= MaxFrameBytes && After(index, length) <= end;

    private ulong After(ulong index, int length)
    {
        ulong next = index + FrameRecord.Size + ((ulong)length + Alignment - 1) / Alignment * Alignment;
        return (ulong)Capacity - (next & _mask) >= MaxRecordBytes ? next : (next | _mask) + 1;
    }
}
