using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// virtio block device (virtio 1.2, 5.2): one queue, whose requests are done one after another, straight between the image and the guest's buffers. An exit, or a piece of work before an
/// entry, moves at most <see cref="BytesPerTurn"/>; what is left of a request or of the queue goes on before the VM's next entry. A request that makes no sense at all, for want
/// of a header or a status byte, breaks the queue; any other gets its status.
/// </summary>
public sealed class VirtioBlock : VirtioDevice
{
    /// <summary>The most bytes that are moved at once.</summary>
    public const int BytesPerTurn = 128 << 10;

    /// <summary>The most sectors that one discard, or one request for zeroes, is for.</summary>
    public const int MostRangeSectors = (4 << 20) / BlockImage.SectorSize;

    /// <summary>The length of a disk's name (5.2.6: VIRTIO_BLK_ID_BYTES).</summary>
    public const int IdLength = 20;

    // What a request counts for beside the bytes that it moves: so many small ones are bounded too, the first write to a block among them, which copies all of it.
    private const int RequestCost = BlockStore.BlockSize;

    // Discards and zeroes cost a table's word for a block: for so many bytes as much as a byte that is moved.
    private const int RangeBytesPerByte = 64;

    private const int RequestQueue = 0;
    private const ushort QueueSize = 256;

    // A request's header and status have a descriptor each, and a queue without indirect descriptors has no more than its size.
    private const uint MostDataSegments = QueueSize - 2;
    private const uint MostSegmentBytes = 1 << 20;

    private readonly BlockImage _image;
    private readonly DescriptorChain _chain = new();
    private readonly byte[] _id = new byte[IdLength];

    // The request that is being done, if there is one: its chain is taken and not yet returned.
    private bool _isBusy;
    private BlockRequestType _type;
    private ulong _position;
    private int _left;

    /// <summary>A disk of a VM.</summary>
    /// <param name="machine">The VM.</param>
    /// <param name="image">What is on it.</param>
    /// <param name="id">Its name, which the guest can ask for; ASCII, of which the first <see cref="IdLength"/> count.</param>
    public VirtioBlock(VirtualMachine machine, BlockImage image, ReadOnlySpan<byte> id)
        : base(
            machine, VirtioDeviceType.Block, image.IsReadOnly ? BlockFeature.OfAll | BlockFeature.ReadOnly : BlockFeature.OfWritable, [QueueSize],
            Unsafe.SizeOf<BlockConfig>())
    {
        _image = image;
        id[..Math.Min(id.Length, IdLength)].CopyTo(_id);
        const int sectorsPerBlock = BlockStore.BlockSize / BlockImage.SectorSize;
        uint mostRange = image.IsReadOnly ? 0u : MostRangeSectors, mostRanges = image.IsReadOnly ? 0u : 1;
        MemoryMarshal.Write(Config, new BlockConfig
        {
            Capacity = image.SectorCount,
            SizeMax = MostSegmentBytes,
            SegMax = MostDataSegments,
            BlockSize = BlockImage.SectorSize,
            PhysicalBlockExponent = 3,
            MinimumIoSize = sectorsPerBlock,
            MostDiscardSectors = mostRange,
            MostDiscardSegments = mostRanges,
            DiscardAlignment = sectorsPerBlock,
            MostZeroesSectors = mostRange,
            MostZeroesSegments = mostRanges,
            ZeroesMayUnmap = 1,
        });
    }

    /// <inheritdoc/>
    public override string Name => "virtio-blk";

    /// <summary>What is on it.</summary>
    public BlockImage Image => _image;

    /// <summary>Requests that were answered, of whatever kind.</summary>
    public ulong Requests { get; private set; }

    /// <summary>How many of them failed.</summary>
    public ulong FailedRequests { get; private set; }

    /// <summary>Bytes that the guest has read from the disk.</summary>
    public ulong BytesRead { get; private set; }

    /// <summary>Bytes that it has written.</summary>
    public ulong BytesWritten { get; private set; }

    /// <inheritdoc/>
    protected override void DriverReady() => LookAgain(RequestQueue);

    /// <inheritdoc/>
    protected override void Reset() => _isBusy = false;

    /// <inheritdoc/>
    protected override void QueueNotified(int queue)
    {
        var requests = Queues[RequestQueue];
        requests.DisableNotifications();
        int budget = BytesPerTurn;
        do
        {
            while (budget > 0 && (_isBusy || TryBegin(requests)))
            {
                if (!Continue(ref budget, out var status)) break;
                Finish(requests, status);
                budget -= RequestCost;
            }
            requests.Publish();
            if (budget <= 0 && (_isBusy || requests.HasAvailable))
            {
                LookAgain(RequestQueue);
                return;
            }
        }
        while (requests.EnableNotifications());
    }

    /// <summary>Takes the next request. False when there is none.</summary>
    private bool TryBegin(Virtqueue requests)
    {
        if (!requests.TryTake(_chain)) return false;
        if (!_chain.TryRead(out BlockRequestHeader header) || _chain.WritableBytes == 0)
        {
            requests.Break(VirtqueueFault.Content);
            return false;
        }
        _isBusy = true;
        _type = header.Type;
        // A sector number too large for its bytes to be counted lies behind every disk.
        _position = header.Sector <= ulong.MaxValue / BlockImage.SectorSize ? header.Sector * BlockImage.SectorSize : ulong.MaxValue;
        _left = _type == BlockRequestType.Read ? _chain.WritableBytes - 1 : _chain.ReadableLeft;
        return true;
    }

    /// <summary>Goes on with the request. True when it is done, and how it went; false when the budget is spent first.</summary>
    private bool Continue(ref int budget, out BlockStatus status)
    {
        switch (_type)
        {
            case BlockRequestType.Read or BlockRequestType.Write:
                return Move(ref budget, out status);
            case BlockRequestType.Flush:
                // What was written is where it stays: in memory.
                status = _image.IsReadOnly ? BlockStatus.Unsupported : BlockStatus.Ok;
                return true;
            case BlockRequestType.GetId:
                _chain.Write(_id.AsSpan(0, Math.Min(IdLength, _chain.WritableBytes - 1)));
                status = BlockStatus.Ok;
                return true;
            case BlockRequestType.Discard or BlockRequestType.WriteZeroes:
                status = _image.IsReadOnly ? BlockStatus.Unsupported : ChangeRange(ref budget);
                return true;
            default:
                status = BlockStatus.Unsupported;
                return true;
        }
    }

    /// <summary>
    /// Reads or writes the next bytes. What is left is checked each time that it is gone on with, which costs little: nothing is begun that is no whole number of sectors or does not fit.
    /// </summary>
    private bool Move(ref int budget, out BlockStatus status)
    {
        bool isRead = _type == BlockRequestType.Read;
        status = BlockStatus.Error;
        if ((_position + (uint)_left) % BlockImage.SectorSize != 0 || _position > _image.Length || (uint)_left > _image.Length - _position) return true;
        while (_left > 0)
        {
            if (budget <= 0) return false;
            int most = Math.Min(_left, budget), done;
            if (isRead)
            {
                var part = _chain.NextWritable(most);
                if (!_image.Read(_position, part)) return true;
                done = part.Length;
                BytesRead += (uint)done;
            }
            else
            {
                var part = _chain.NextReadable(most);
                if (!_image.Write(_position, part)) return true;
                done = part.Length;
                BytesWritten += (uint)done;
            }
            _position += (uint)done;
            _left -= done;
            budget -= done;
        }
        status = BlockStatus.Ok;
        return true;
    }

    /// <summary>Does a discard or writes zeroes: one segment, as the configuration says.</summary>
    private BlockStatus ChangeRange(ref int budget)
    {
        bool isDiscard = _type == BlockRequestType.Discard;
        if (_left != Unsafe.SizeOf<BlockRange>() || !_chain.TryRead(out BlockRange range)) return BlockStatus.Error;
        // 5.2.6.2: a flag that is not known is refused so, and unmap has no meaning for a discard.
        if ((range.Flags & ~(isDiscard ? 0 : BlockRange.Unmap)) != 0) return BlockStatus.Unsupported;
        if (range.Count > MostRangeSectors || range.Sector > _image.SectorCount || range.Count > _image.SectorCount - range.Sector) return BlockStatus.Error;
        ulong offset = range.Sector * BlockImage.SectorSize, length = range.Count * (ulong)BlockImage.SectorSize;
        budget -= (int)length / RangeBytesPerByte;
        return (isDiscard ? _image.Discard(offset, length) : _image.WriteZeroes(offset, length)) ? BlockStatus.Ok : BlockStatus.Error;
    }

    /// <summary>Writes the status into the last byte that can be written, and gives the chain back.</summary>
    private void Finish(Virtqueue requests, BlockStatus status)
    {
        int written = _chain.BytesWritten, skipped = _chain.SkipWritable(_chain.WritableLeft - 1);
        _chain.TryWrite(status);
        // 2.7.8.2: as many bytes as were written from the beginning on, without a gap.
        requests.Return(_chain.Head, skipped == 0 ? _chain.BytesWritten : written);
        _isBusy = false;
        Requests++;
        if (status != BlockStatus.Ok) FailedRequests++;
    }
}
