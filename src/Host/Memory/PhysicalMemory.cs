using System;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// Hands out host-physical memory: guest RAM in the largest pages that fit, and pages for the hypervisor itself, each
/// counted. Free memory is a sorted array of disjoint ranges of whole pages. Called at boot and when VMs are made or end,
/// never while an exit is handled.
/// </summary>
public sealed class PhysicalMemory
{
    /// <summary>The most free ranges that are kept.</summary>
    public const int Capacity = 1024;

    private readonly ulong[] _base = new ulong[Capacity];
    private readonly ulong[] _length = new ulong[Capacity];
    private int _count;

    /// <summary>Free memory, in bytes.</summary>
    public ulong FreeBytes { get; private set; }

    /// <summary>What the hypervisor took for itself from here, in bytes.</summary>
    public ulong OwnBytes { get; private set; }

    /// <summary>What guests have, in bytes.</summary>
    public ulong GuestBytes { get; private set; }

    /// <summary>Takes what a normalised map has of <paramref name="kind"/> in [<paramref name="from"/>, <paramref name="to"/>) (HPA) as free.</summary>
    public void AddFrom(MemoryMap map, MemoryKind kind, ulong from, ulong to)
    {
        for (int i = 0; i < map.Count; i++)
        {
            ulong start = Math.Max(map[i].Base, from);
            ulong end = Math.Min(map[i].End, Math.Min(to, MemoryPlan.PhysicalWindowSize));
            if (map[i].Kind == kind && start < end)
                AddFree(start, end - start);
        }
    }

    /// <summary>Takes pages for the hypervisor itself, from the smallest range that has room, so that large pages stay whole.</summary>
    /// <param name="length">Bytes, a multiple of the page size.</param>
    /// <param name="address">HPA of the pages. They hold whatever was there.</param>
    /// <returns>False when there is no such range.</returns>
    public bool TryAllocateOwn(ulong length, out ulong address)
    {
        int best = -1;
        for (int i = 0; i < _count; i++)
        {
            if (_length[i] >= length && (best < 0 || _length[i] < _length[best]))
                best = i;
        }

        address = best < 0 ? 0 : _base[best];
        if (best < 0 || length == 0 || !Take(best, address, length))
            return false;
        OwnBytes += length;
        return true;
    }

    /// <summary>Gives back what <see cref="TryAllocateOwn"/> gave.</summary>
    public void FreeOwn(ulong address, ulong length)
    {
        AddFree(address, length);
        OwnBytes -= length;
    }

    /// <summary>
    /// Takes RAM for a guest, each piece of the largest pages (1 GiB, 2 MiB, 4 KiB) that are left and that fit where the piece goes:
    /// the guest's RAM is thought of as one range from an address that is a multiple of 1 GiB, so that nested tables can map a piece with such entries.
    /// </summary>
    /// <param name="length">Bytes, a multiple of 4 KiB.</param>
    /// <param name="extents">The pieces, in order. They hold whatever was there: clear them before a guest sees them.</param>
    /// <returns>How many pieces; -1, and nothing taken, when there is not enough, or not in so few pieces.</returns>
    public int AllocateGuest(ulong length, Span<PhysicalExtent> extents)
    {
        int count = 0;
        ulong done = 0;
        while (done < length)
        {
            if (count == extents.Length || !TryTakeGuest(done, length - done, out PhysicalExtent extent))
            {
                FreeGuest(extents[..count]);
                return -1;
            }

            extents[count++] = extent;
            done += extent.Length;
        }

        return count;
    }

    /// <summary>Gives back what <see cref="AllocateGuest"/> gave.</summary>
    public void FreeGuest(ReadOnlySpan<PhysicalExtent> extents)
    {
        foreach (PhysicalExtent extent in extents)
        {
            AddFree(extent.Start, extent.Length);
            GuestBytes -= extent.Length;
        }
    }

    private bool TryTakeGuest(ulong guestAddress, ulong wanted, out PhysicalExtent extent) =>
        TryTakeGuest(guestAddress, wanted, MemoryPlan.HugePageSize, out extent)
        || TryTakeGuest(guestAddress, wanted, MemoryPlan.LargePageSize, out extent)
        || TryTakeGuest(guestAddress, wanted, MemoryPlan.PageSize, out extent);

    private bool TryTakeGuest(ulong guestAddress, ulong wanted, ulong pageSize, out PhysicalExtent extent)
    {
        extent = default;
        if (wanted < pageSize || (guestAddress & (pageSize - 1)) != 0)
            return false;

        // A piece of this size ends where the next larger page could begin.
        ulong most = wanted & ~(pageSize - 1);
        ulong larger = pageSize == MemoryPlan.PageSize ? MemoryPlan.LargePageSize : MemoryPlan.HugePageSize;
        if (pageSize != MemoryPlan.HugePageSize && (guestAddress & (larger - 1)) != 0)
            most = Math.Min(most, larger - (guestAddress & (larger - 1)));

        int best = -1;
        ulong address = 0, length = 0;
        for (int i = 0; i < _count; i++)
        {
            ulong start = AlignUp(_base[i], pageSize);
            ulong end = _base[i] + _length[i];
            if (start >= end)
                continue;
            ulong room = Math.Min(most, (end - start) & ~(pageSize - 1));
            if (room <= length)
                continue;
            best = i;
            address = start;
            length = room;
        }

        if (best < 0 || !Take(best, address, length))
            return false;
        extent = new PhysicalExtent(address, length);
        GuestBytes += length;
        return true;
    }

    // Cuts [address, address + length) out of free range i, which holds it. False when a split finds no room in the array.
    private bool Take(int i, ulong address, ulong length)
    {
        ulong before = address - _base[i];
        ulong after = _length[i] - before - length;
        if (before != 0 && after != 0)
        {
            if (_count == Capacity)
                return false;
            Insert(i + 1, address + length, after);
            _length[i] = before;
        }
        else if (before != 0)
        {
            _length[i] = before;
        }
        else if (after != 0)
        {
            _base[i] = address + length;
            _length[i] = after;
        }
        else
        {
            Remove(i);
        }

        FreeBytes -= length;
        return true;
    }

    /// <summary>Adds a free range (HPA and bytes, whole pages) that overlaps no other.</summary>
    public void AddFree(ulong address, ulong length)
    {
        int at = 0;
        while (at < _count && _base[at] < address)
            at++;

        bool joinsBefore = at > 0 && _base[at - 1] + _length[at - 1] == address;
        bool joinsAfter = at < _count && address + length == _base[at];
        if (joinsBefore)
        {
            _length[at - 1] += length + (joinsAfter ? _length[at] : 0);
            if (joinsAfter)
                Remove(at);
        }
        else if (joinsAfter)
        {
            _base[at] = address;
            _length[at] += length;
        }
        else if (_count < Capacity)
        {
            Insert(at, address, length);
        }
        else
        {
            return; // Lost, not misused: a machine in a thousand pieces runs with a little less.
        }

        FreeBytes += length;
    }

    private void Insert(int at, ulong address, ulong length)
    {
        for (int i = _count; i > at; i--)
        {
            _base[i] = _base[i - 1];
            _length[i] = _length[i - 1];
        }

        _base[at] = address;
        _length[at] = length;
        _count++;
    }

    private void Remove(int at)
    {
        _count--;
        for (int i = at; i < _count; i++)
        {
            _base[i] = _base[i + 1];
            _length[i] = _length[i + 1];
        }
    }

    private static ulong AlignUp(ulong value, ulong alignment) => (value + alignment - 1) & ~(alignment - 1);
}
