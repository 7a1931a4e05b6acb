using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// A chain of buffers that the driver made available (virtio 1.2, 2.7.5): first those that the device reads, then those that it writes. It is made once and loaded by
/// <see cref="Virtqueue.TryTake"/> again and again; every descriptor was copied once and checked. Reading and writing go on from where the last ended.
/// </summary>
public sealed class DescriptorChain
{
    /// <summary>How many buffers a chain may have, indirect ones included; empty ones do not count.</summary>
    public const int MostSegments = 256;

    private readonly GuestRange[] _segments = new GuestRange[MostSegments];
    private int _count;

    // Where reading and writing go on: a segment, and bytes of it that are done.
    private int _readSegment, _readOffset;
    private int _writeSegment, _writeOffset;

    /// <summary>The number of its first descriptor.</summary>
    public ushort Head { get; private set; }

    /// <summary>Bytes for the device to read, in all.</summary>
    public int ReadableBytes { get; private set; }

    /// <summary>Bytes for the device to write, in all.</summary>
    public int WritableBytes { get; private set; }

    /// <summary>How many bytes were read or skipped so far.</summary>
    public int BytesRead { get; private set; }

    /// <summary>How many bytes were written or skipped so far.</summary>
    public int BytesWritten { get; private set; }

    /// <summary>How many bytes are left to read.</summary>
    public int ReadableLeft => ReadableBytes - BytesRead;

    /// <summary>How many bytes are left to write.</summary>
    public int WritableLeft => WritableBytes - BytesWritten;

    /// <summary>The buffers for the device to read.</summary>
    public ReadOnlySpan<GuestRange> ReadableSegments => _segments.AsSpan(0, ReadableCount);

    /// <summary>The buffers for the device to write.</summary>
    public ReadOnlySpan<GuestRange> WritableSegments => _segments.AsSpan(ReadableCount, _count - ReadableCount);

    private int ReadableCount { get; set; }

    /// <summary>Copies from the chain, and goes on. Says how many bytes: fewer than asked for at the end of what there is to read.</summary>
    public int Read(Span<byte> destination)
    {
        int done = 0;
        while (done < destination.Length)
        {
            var part = NextReadable(destination.Length - done);
            if (part.IsEmpty) break;
            part.CopyTo(destination[done..]);
            done += part.Length;
        }
        return done;
    }

    /// <summary>Copies a value from the chain, and goes on. False when there are not that many bytes left; those that there are count as read.</summary>
    public bool TryRead<T>(out T value) where T : unmanaged
    {
        value = default;
        var bytes = MemoryMarshal.AsBytes(new Span<T>(ref value));
        return Read(bytes) == bytes.Length;
    }

    /// <summary>Copies into the chain, and goes on. Says how many bytes: fewer than given at the end of what there is to write.</summary>
    public int Write(ReadOnlySpan<byte> source)
    {
        int done = 0;
        while (done < source.Length)
        {
            var part = NextWritable(source.Length - done);
            if (part.IsEmpty) break;
            source.Slice(done, part.Length).CopyTo(part);
            done += part.Length;
        }
        return done;
    }

    /// <summary>Copies a value into the chain, and goes on. False when there is no room for all of it; as much as fits is written.</summary>
    public bool TryWrite<T>(in T value) where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value));
        return Write(bytes) == bytes.Length;
    }

    /// <summary>
    /// The bytes to be read next, in place: up to <paramref name="most"/>, and no further than the buffer that they are in. They count as read. Empty at the end alone (and for 0).
    /// The guest may change them while they are looked at.
    /// </summary>
    public ReadOnlySpan<byte> NextReadable(int most)
    {
        var part = Next(ref _readSegment, ref _readOffset, ReadableCount, most);
        BytesRead += part.Length;
        return part;
    }

    /// <summary>The bytes to be written next, in place, in the same way. They count as written.</summary>
    public Span<byte> NextWritable(int most)
    {
        var part = Next(ref _writeSegment, ref _writeOffset, _count, most);
        BytesWritten += part.Length;
        return part;
    }

    /// <summary>Goes on by so many bytes to be read, or to the end. Says by how many.</summary>
    public int SkipReadable(int count)
    {
        int start = BytesRead;
        while (count > 0 && NextReadable(count) is { IsEmpty: false } part) count -= part.Length;
        return BytesRead - start;
    }

    /// <summary>Goes on by so many bytes to be written, or to the end, and leaves what is there. Says by how many.</summary>
    public int SkipWritable(int count)
    {
        int start = BytesWritten;
        while (count > 0 && NextWritable(count) is { IsEmpty: false } part) count -= part.Length;
        return BytesWritten - start;
    }

    /// <summary>Goes back to the first byte to be written: for what stands there and is known last. <see cref="BytesWritten"/> is 0 again.</summary>
    public void RewindWritable()
    {
        _writeSegment = ReadableCount;
        _writeOffset = 0;
        BytesWritten = 0;
    }

    /// <summary>Takes back the last so many bytes that <see cref="NextWritable"/> counted as written, within the buffer that it gave.</summary>
    public void Unwrite(int count)
    {
        BytesWritten -= count;
        // At a buffer's end the next one is up already.
        if (_writeOffset == 0) _writeOffset = _segments[--_writeSegment].Length;
        _writeOffset -= count;
    }

    /// <summary>Loads the chain that begins at a descriptor of the queue's table. On a fault what it holds is of no use.</summary>
    internal VirtqueueFault Load(GuestMemory memory, in GuestArray<VirtqueueDescriptor> queue, ushort head)
    {
        Head = head;
        _count = ReadableCount = ReadableBytes = WritableBytes = BytesRead = BytesWritten = 0;
        _readSegment = _readOffset = _writeOffset = 0;

        var table = queue;
        int index = head, left = table.Count;
        bool isIndirect = false;
        while (true)
        {
            if ((uint)index >= (uint)table.Count) return VirtqueueFault.DescriptorNumber;
            if (left-- == 0) return VirtqueueFault.TooLong;
            // The one look at it: from here on the guest may write what it likes there.
            var descriptor = table[index];
            if ((descriptor.Flags & DescriptorFlags.Indirect) != 0)
            {
                if (isIndirect || !TryOpen(memory, descriptor, out table)) return VirtqueueFault.IndirectTable;
                isIndirect = true;
                index = 0;
                left = Math.Min(table.Count, MostSegments);
                continue;
            }
            var fault = Add(memory, descriptor);
            if (fault != VirtqueueFault.None) return fault;
            if ((descriptor.Flags & DescriptorFlags.Next) == 0) break;
            index = descriptor.Next;
        }
        _writeSegment = ReadableCount;
        return VirtqueueFault.None;
    }

    private static bool TryOpen(GuestMemory memory, in VirtqueueDescriptor descriptor, out GuestArray<VirtqueueDescriptor> table)
    {
        int count = (int)(descriptor.Length / (uint)Unsafe.SizeOf<VirtqueueDescriptor>());
        table = default;
        return (descriptor.Flags & DescriptorFlags.Next) == 0 && count > 0 && descriptor.Length % (uint)Unsafe.SizeOf<VirtqueueDescriptor>() == 0
            && memory.TryLocate(descriptor.Address, count, out table);
    }

    private VirtqueueFault Add(GuestMemory memory, in VirtqueueDescriptor descriptor)
    {
        bool isWritable = (descriptor.Flags & DescriptorFlags.Write) != 0;
        if (!isWritable && _count != ReadableCount) return VirtqueueFault.ReadBehindWrite;
        if (descriptor.Length == 0) return VirtqueueFault.None;
        // The standard allows 4 GiB to a chain; a driver that wants more than 2 does not exist.
        if (_count == MostSegments || descriptor.Length > (uint)(int.MaxValue - ReadableBytes - WritableBytes)) return VirtqueueFault.TooLong;
        if (!memory.TryLocate(descriptor.Address, descriptor.Length, out _segments[_count])) return VirtqueueFault.Buffer;
        _count++;
        if (isWritable)
        {
            WritableBytes += (int)descriptor.Length;
            return VirtqueueFault.None;
        }
        ReadableCount++;
        ReadableBytes += (int)descriptor.Length;
        return VirtqueueFault.None;
    }

    private Span<byte> Next(ref int segment, ref int offset, int end, int most)
    {
        if (segment == end || most <= 0) return default;
        ref readonly var range = ref _segments[segment];
        int length = Math.Min(most, range.Length - offset);
        var part = range.Bytes.Slice(offset, length);
        offset += length;
        if (offset == range.Length)
        {
            segment++;
            offset = 0;
        }
        return part;
    }
}
