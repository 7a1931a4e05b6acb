using System;
using System.Runtime.InteropServices;
using Lamina.Core;

namespace Lamina.Devices;

/// <summary>
/// The memory of a <see cref="CopyOnWriteImage"/>: a table with a word for each block of the disk, and a number of slots that hold a block each. All of it is taken when the VM is built and
/// given back when it is gone; in between, slots are taken and given back without a search. A free slot's first word is the number of the next free one.
/// </summary>
public sealed unsafe class BlockStore
{
    /// <summary>Bytes in a block.</summary>
    public const int BlockSize = HostPages.PageSize;

    /// <summary>Slots come in runs of so many, as memory may have no longer one.</summary>
    private const int SlotsPerRun = 1 << RunShift;
    private const int RunShift = 6;

    /// <summary>Behind the last free slot.</summary>
    private const int NoSlot = -1;

    private readonly HostPages _table;
    private readonly int _tableLength;
    private readonly HostPages[] _runs;
    private int _firstFree = NoSlot;

    private BlockStore(HostPages table, int tableLength, HostPages[] runs, int slots)
    {
        _table = table;
        _tableLength = tableLength;
        _runs = runs;
        SlotCount = slots;
        for (int slot = slots - 1; slot >= 0; slot--) Return(slot);
        UsedSlots = 0;
    }

    /// <summary>How many slots there are.</summary>
    public int SlotCount { get; }

    /// <summary>How many of them are taken.</summary>
    public int UsedSlots { get; private set; }

    /// <summary>The table, all zero at first. Whoever has the store gives its words a meaning.</summary>
    public Span<uint> Table => MemoryMarshal.Cast<byte, uint>(new Span<byte>(_table.Virtual, _tableLength * sizeof(uint)));

    /// <summary>Takes the memory. Null, and nothing taken, when there is not enough. When a VM is built: it allocates.</summary>
    /// <param name="memory">Where from.</param>
    /// <param name="blocks">How many blocks the disk has, at least one.</param>
    /// <param name="slots">How many of them can be held.</param>
    public static BlockStore? TryCreate(PageSource memory, int blocks, int slots)
    {
        int tablePages = (int)(((ulong)blocks * sizeof(uint) + HostPages.PageSize - 1) / HostPages.PageSize);
        if (!memory.TryAllocatePages(tablePages, out var table)) return null;
        var runs = new HostPages[(slots + SlotsPerRun - 1) >> RunShift];
        for (int i = 0; i < runs.Length; i++)
        {
            if (memory.TryAllocatePages(Math.Min(SlotsPerRun, slots - (i << RunShift)), out runs[i])) continue;
            for (int before = 0; before < i; before++) memory.FreePages(runs[before]);
            memory.FreePages(table);
            return null;
        }
        return new BlockStore(table, blocks, runs, slots);
    }

    /// <summary>Gives all memory back. The store must not be used any more.</summary>
    public void Free(PageSource memory)
    {
        foreach (ref readonly var run in _runs.AsSpan()) memory.FreePages(run);
        memory.FreePages(_table);
    }

    /// <summary>Takes a free slot, which holds whatever it held before. False when there is none.</summary>
    public bool TryTake(out int slot)
    {
        slot = _firstFree;
        if (slot == NoSlot) return false;
        _firstFree = NextOf(slot);
        UsedSlots++;
        return true;
    }

    /// <summary>Gives a slot back.</summary>
    public void Return(int slot)
    {
        NextOf(slot) = _firstFree;
        _firstFree = slot;
        UsedSlots--;
    }

    /// <summary>The bytes of a slot (0 to <see cref="SlotCount"/> - 1).</summary>
    public Span<byte> Block(int slot) => new(_runs[slot >> RunShift].Virtual + (slot & (SlotsPerRun - 1)) * BlockSize, BlockSize);

    private ref int NextOf(int slot) => ref MemoryMarshal.Cast<byte, int>(Block(slot))[0];
}
