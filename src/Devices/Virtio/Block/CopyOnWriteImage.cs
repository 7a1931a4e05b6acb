using System;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// A disk that begins as a file of the package and can be written: what is written is kept in memory, by blocks of 4 KiB, and the file stays as it is. At most so many blocks as the
/// manifest says; a write that needs one more fails. Zeroes and what is discarded take no memory. All is gone when the VM is.
/// </summary>
public sealed class CopyOnWriteImage : BlockImage
{
    private const int BlockSize = BlockStore.BlockSize;

    // A word of the store's table: as in the base, all zero, or in the slot of that number less FirstSlot.
    private const uint Base = 0;
    private const uint Zeroes = 1;
    private const uint FirstSlot = 2;

    private readonly ReadOnlyImage _base;
    private readonly BlockStore _store;

    private CopyOnWriteImage(ReadOnlyImage image, BlockStore store)
        : base(image.SectorCount, isReadOnly: false)
    {
        _base = image;
        _store = store;
    }

    /// <summary>How many writes failed for want of a free block.</summary>
    public ulong RefusedWrites { get; private set; }

    /// <summary>How many blocks of 4 KiB are held.</summary>
    public int HeldBlocks => _store.UsedSlots;

    /// <summary>How many can be.</summary>
    public int MostBlocks => _store.SlotCount;

    /// <summary>Makes one. Null when there is not enough memory. When a VM is built: it allocates.</summary>
    /// <param name="image">What the disk begins as.</param>
    /// <param name="memory">Where the memory for what is written comes from.</param>
    /// <param name="mostBytes">How much may be written, in bytes, rounded up to blocks; more than the disk has is of no use and not taken.</param>
    public static CopyOnWriteImage? TryCreate(ReadOnlyImage image, PageSource memory, ulong mostBytes)
    {
        ulong blocks = BlocksOf(image.Length), slots = Math.Min(BlocksOf(mostBytes), blocks);
        if (blocks is 0 or > int.MaxValue / sizeof(uint)) return null;
        var store = BlockStore.TryCreate(memory, (int)blocks, (int)slots);
        return store is null ? null : new CopyOnWriteImage(image, store);
    }

    /// <summary>Gives all memory back. The image must not be used any more.</summary>
    public void Free(PageSource memory) => _store.Free(memory);

    /// <inheritdoc/>
    public override bool Read(ulong offset, Span<byte> destination)
    {
        if (!Contains(offset, (ulong)destination.Length)) return false;
        var table = _store.Table;
        while (!destination.IsEmpty)
        {
            int within = (int)(offset % BlockSize), length = Math.Min(BlockSize - within, destination.Length);
            var part = destination[..length];
            uint state = table[(int)(offset / BlockSize)];
            if (state >= FirstSlot) _store.Block((int)(state - FirstSlot)).Slice(within, length).CopyTo(part);
            else if (state == Zeroes) part.Clear();
            else if (!_base.Read(offset, part)) return false;
            destination = destination[length..];
            offset += (uint)length;
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool Write(ulong offset, ReadOnlySpan<byte> source)
    {
        if (!Contains(offset, (ulong)source.Length)) return false;
        while (!source.IsEmpty)
        {
            int within = (int)(offset % BlockSize), length = Math.Min(BlockSize - within, source.Length);
            if (!TryHold(offset, within, length, out var block)) return false;
            source[..length].CopyTo(block.Slice(within, length));
            source = source[length..];
            offset += (uint)length;
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool WriteZeroes(ulong offset, ulong length)
    {
        if (!Contains(offset, length)) return false;
        while (length != 0)
        {
            int within = (int)(offset % BlockSize), part = (int)Math.Min((ulong)(BlockSize - within), length);
            if (IsWhole(offset, within, part)) Release(offset);
            else if (_store.Table[(int)(offset / BlockSize)] != Zeroes)
            {
                if (!TryHold(offset, within, part, out var block)) return false;
                block.Slice(within, part).Clear();
            }
            offset += (uint)part;
            length -= (uint)part;
        }
        return true;
    }

    /// <inheritdoc/>
    public override bool Discard(ulong offset, ulong length)
    {
        if (!Contains(offset, length)) return false;
        while (length != 0)
        {
            int within = (int)(offset % BlockSize), part = (int)Math.Min((ulong)(BlockSize - within), length);
            // A part of a block has to stay: the rest of it is still of use.
            if (IsWhole(offset, within, part)) Release(offset);
            offset += (uint)part;
            length -= (uint)part;
        }
        return true;
    }

    private static ulong BlocksOf(ulong length) => length / BlockSize + (length % BlockSize != 0 ? 1UL : 0);

    /// <summary>Whether a part of a block is all of it that is on the disk, whose last block may be a shorter one.</summary>
    private bool IsWhole(ulong offset, int within, int length) => within == 0 && (length == BlockSize || offset + (uint)length == Length);

    /// <summary>The block that <paramref name="offset"/> lies in becomes all zero, and its slot, if it has one, is free again.</summary>
    private void Release(ulong offset)
    {
        ref uint state = ref _store.Table[(int)(offset / BlockSize)];
        if (state >= FirstSlot) _store.Return((int)(state - FirstSlot));
        state = Zeroes;
    }

    /// <summary>
    /// The block that <paramref name="offset"/> lies in, in a slot, to be written from <paramref name="within"/> on: what is not about to be written is as it was. False when there is
    /// no slot left.
    /// </summary>
    private bool TryHold(ulong offset, int within, int length, out Span<byte> block)
    {
        block = default;
        ref uint state = ref _store.Table[(int)(offset / BlockSize)];
        if (state >= FirstSlot)
        {
            block = _store.Block((int)(state - FirstSlot));
            return true;
        }
        if (!_store.TryTake(out int slot))
        {
            RefusedWrites++;
            return false;
        }
        block = _store.Block(slot);
        ulong start = offset - (uint)within;
        if (!IsWhole(offset, within, length) && !Fill(start, state, block))
        {
            _store.Return(slot);
            return false;
        }
        state = FirstSlot + (uint)slot;
        return true;
    }

    /// <summary>Fills a slot with what the block that begins at <paramref name="start"/> holds until now, as far as it is on the disk.</summary>
    private bool Fill(ulong start, uint state, Span<byte> block)
    {
        if (state != Zeroes) return _base.Read(start, block[..(int)Math.Min(BlockSize, Length - start)]);
        block.Clear();
        return true;
    }
}
