using System;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// The machine's memory. The hypervisor's own pages come from a pool that grows in small chunks; only these are mapped, at
/// <see cref="MemoryPlan.OwnedMemory"/>, writable and never executable. Guest RAM is not mapped here at all.
/// </summary>
public sealed unsafe class HypervisorMemory : HostMemory
{
    private const ulong ChunkSize = 256 << 10;

    // What mapping a chunk may take: a table of each level below the root, and one more where a chunk crosses 2 MiB.
    private const ulong Reserve = 5 * MemoryPlan.PageSize;

    private readonly PhysicalMemory _machine = new();
    private readonly PhysicalMemory _pool = new();
    private PageTable<HostPageFormat>? _tables;
    private PhysicalExtent _firstChunk;
    private byte* _window;
    private bool _growing;
    private ulong _imageAddress;
    private ulong _imageLength;

    /// <summary>Takes the memory of a normalised boot map, as far as the way in has it mapped to itself.</summary>
    /// <param name="map">The boot map.</param>
    /// <param name="limit">The first HPA that is not mapped to itself.</param>
    /// <param name="imageAddress">HPA of the image.</param>
    /// <param name="imageLength">Bytes of the image.</param>
    public HypervisorMemory(MemoryMap map, ulong limit, ulong imageAddress, ulong imageLength)
    {
        _imageAddress = imageAddress;
        _imageLength = imageLength;
        _machine.AddFrom(map, MemoryKind.Usable, MemoryPlan.LowMemoryEnd, limit);
    }

    /// <inheritdoc/>
    public override ulong AvailableGuestRam => _machine.FreeBytes;

    /// <inheritdoc/>
    public override ulong SpareBytes => _pool.FreeBytes;

    /// <inheritdoc/>
    public override ulong OwnBytes => _imageLength + _machine.OwnBytes;

    /// <summary>Joins the page tables with the pool that they are made of. Called once, after the tables' root was taken from here.</summary>
    /// <returns>False when a page is missing.</returns>
    public bool TryAttach(PageTable<HostPageFormat> tables)
    {
        _tables = tables;
        return TryMap(_firstChunk.Start, _firstChunk.Length);
    }

    /// <summary>Goes on in the map of <see cref="MemoryPlan.OwnedMemory"/>: the page tables are loaded, nothing is mapped to itself any more.</summary>
    /// <param name="map">The boot map, whose other memory is taken now.</param>
    /// <param name="limit">As was given before.</param>
    public void LeaveIdentityMap(MemoryMap map, ulong limit)
    {
        _window = (byte*)MemoryPlan.OwnedMemory;
        _machine.AddFrom(map, MemoryKind.Usable, Math.Max(limit, MemoryPlan.LowMemoryEnd), MemoryPlan.PhysicalWindowSize);
        _machine.AddFrom(map, MemoryKind.BootReclaimable, MemoryPlan.LowMemoryEnd, MemoryPlan.PhysicalWindowSize);
    }

    /// <inheritdoc/>
    public override bool TryAllocatePages(int count, out HostPages pages)
    {
        pages = default;
        ulong length = (ulong)count * MemoryPlan.PageSize;
        if (count <= 0 || (!_growing && _pool.FreeBytes < length + Reserve && !TryGrow(length)))
            return false;
        if (!_pool.TryAllocateOwn(length, out ulong address) && (_growing || !TryGrow(length) || !_pool.TryAllocateOwn(length, out address)))
            return false;
        pages = new HostPages(VirtualOf(address), address, count);
        new Span<byte>(pages.Virtual, (int)length).Clear();
        return true;
    }

    /// <inheritdoc/>
    public override void FreePages(in HostPages pages) => _pool.FreeOwn(pages.Physical, (ulong)pages.Count * MemoryPlan.PageSize);

    /// <inheritdoc/>
    public override ulong PhysicalOf(void* address)
    {
        ulong inImage = (ulong)address - MemoryPlan.Image;
        return inImage < _imageLength ? _imageAddress + inImage : (ulong)address - (ulong)_window;
    }

    /// <inheritdoc/>
    public override byte* VirtualOf(ulong physicalAddress) => _window + physicalAddress;

    /// <inheritdoc/>
    public override int AllocateGuestRam(ulong length, Span<PhysicalExtent> extents) => _machine.AllocateGuest(length, extents);

    /// <inheritdoc/>
    public override void FreeGuestRam(ReadOnlySpan<PhysicalExtent> extents) => _machine.FreeGuest(extents);

    private bool TryGrow(ulong length)
    {
        ulong chunk = (length + Reserve + ChunkSize - 1) & ~(ChunkSize - 1);
        if (!_machine.TryAllocateOwn(chunk, out ulong address))
            return false;
        _pool.AddFree(address, chunk);
        if (_tables == null)
        {
            _firstChunk = new PhysicalExtent(address, chunk);
            return true;
        }

        // The tables for the new chunk come from the reserve of the old ones, which are mapped.
        _growing = true;
        bool mapped = TryMap(address, chunk);
        _growing = false;
        return mapped;
    }

    private bool TryMap(ulong address, ulong length) => _tables!.TryMap(
        MemoryPlan.OwnedMemory + address, address, length, new PageAttributes(MemoryAccess.ReadWrite, MemoryType.WriteBack));
}
