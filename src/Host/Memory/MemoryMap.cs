namespace Lamina.Host;

/// <summary>
/// The boot memory map: what firmware said of host-physical memory, in page-aligned ranges. Ranges are added in any order
/// and may overlap; <see cref="Normalise"/> sorts them, resolves overlaps to the stricter kind and joins neighbours.
/// Its capacity is fixed, so that it can be filled before there is memory to allocate.
/// </summary>
public sealed class MemoryMap
{
    /// <summary>The most ranges that the map holds. Firmware with hundreds of descriptors fits, as neighbours of one kind are joined.</summary>
    public const int Capacity = 512;

    /// <summary>The first address that no x86-64 processor has: physical addresses have at most 52 bits (AMD APM vol. 2, 5.3).</summary>
    public const ulong AddressLimit = 1UL << 52;

    private const ulong PageMask = MemoryPlan.PageSize - 1;

    private MemoryRange[] _ranges = new MemoryRange[Capacity];
    private MemoryRange[] _spare = new MemoryRange[Capacity];
    private readonly ulong[] _edges = new ulong[2 * Capacity];
    private int _count;

    /// <summary>How many ranges there are.</summary>
    public int Count => _count;

    /// <summary>The range <paramref name="index"/>, in address order after <see cref="Normalise"/>.</summary>
    public MemoryRange this[int index] => _ranges[index];

    /// <summary>The HPA behind the last byte of RAM that is free, now or once the machine is taken over. After <see cref="Normalise"/>; 0 when there is none.</summary>
    public ulong FreeEnd
    {
        get
        {
            for (int i = _count - 1; i >= 0; i--)
                if (_ranges[i].Kind is MemoryKind.Usable or MemoryKind.BootReclaimable) return _ranges[i].End;
            return 0;
        }
    }

    /// <summary>
    /// Adds <paramref name="length"/> bytes at the HPA <paramref name="start"/>. Usable memory is shrunk to whole pages, all
    /// else grows to whole pages; what lies beyond <see cref="AddressLimit"/> is cut off.
    /// </summary>
    /// <returns>False when the map is full: it cannot be trusted then.</returns>
    public bool Add(ulong start, ulong length, MemoryKind kind)
    {
        if (start >= AddressLimit || length == 0)
            return true;

        ulong end = length > AddressLimit - start ? AddressLimit : start + length;
        if (kind <= MemoryKind.BootReclaimable)
        {
            start = (start + PageMask) & ~PageMask;
            end &= ~PageMask;
        }
        else
        {
            start &= ~PageMask;
            end = (end + PageMask) & ~PageMask;
        }

        if (start >= end)
            return true;
        if (_count > 0 && _ranges[_count - 1].End == start && _ranges[_count - 1].Kind == kind)
        {
            ulong first = _ranges[_count - 1].Base;
            _ranges[_count - 1] = new MemoryRange(first, end - first, kind);
            return true;
        }

        if (_count == Capacity && !Normalise())
            return false;
        if (_count == Capacity)
            return false;
        _ranges[_count++] = new MemoryRange(start, end - start, kind);
        return true;
    }

    /// <summary>Sorts the map by address, resolves overlaps to the stricter kind and joins neighbours of one kind.</summary>
    /// <returns>False when the result does not fit: the map is left as it was and cannot be trusted.</returns>
    public bool Normalise()
    {
        int edges = 0;
        for (int i = 0; i < _count; i++)
        {
            InsertEdge(ref edges, _ranges[i].Base);
            InsertEdge(ref edges, _ranges[i].End);
        }

        int count = 0;
        for (int i = 0; i + 1 < edges; i++)
        {
            ulong start = _edges[i];
            ulong end = _edges[i + 1];
            MemoryKind kind = StrictestAt(start);
            if (kind == MemoryKind.None)
                continue;
            if (count > 0 && _spare[count - 1].Kind == kind && _spare[count - 1].End == start)
            {
                ulong first = _spare[count - 1].Base;
                _spare[count - 1] = new MemoryRange(first, end - first, kind);
                continue;
            }

            if (count == Capacity)
                return false;
            _spare[count++] = new MemoryRange(start, end - start, kind);
        }

        (_ranges, _spare) = (_spare, _ranges);
        _count = count;
        return true;
    }

    /// <summary>The strictest kind that any range gives the HPA <paramref name="address"/>.</summary>
    public MemoryKind StrictestAt(ulong address)
    {
        MemoryKind kind = MemoryKind.None;
        for (int i = 0; i < _count; i++)
        {
            if (address - _ranges[i].Base < _ranges[i].Length && _ranges[i].Kind > kind)
                kind = _ranges[i].Kind;
        }

        return kind;
    }

    // Keeps _edges sorted and free of duplicates. Firmware's maps come nearly sorted, so this is short.
    private void InsertEdge(ref int count, ulong edge)
    {
        int at = count;
        while (at > 0 && _edges[at - 1] > edge)
            at--;
        if (at > 0 && _edges[at - 1] == edge)
            return;
        for (int i = count; i > at; i--)
            _edges[i] = _edges[i - 1];
        _edges[at] = edge;
        count++;
    }
}
