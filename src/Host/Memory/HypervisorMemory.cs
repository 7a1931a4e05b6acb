using System;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// The machine's memory. The hypervisor's own pages come from a pool that grows in small chunks; only these are mapped, at
/// <see cref="MemoryPlan.OwnedMemory"/>, writable and never executable. Guest RAM is not mapped here at all.
/// <para>
/// The rule: what <see cref="HostMemory"/> has, any CPU may call; the two books and the tables of the pool are changed by whoever holds the lock. All else here is for boot, on CPU 0.
/// </para>
/// </summary>
public sealed unsafe class HypervisorMemory : HostMemory
{
    private const ulong ChunkSize = 256 << 10;

    // What mapping a chunk may take: a table of each level below the root, and one more where a chunk crosses 2 MiB.
    private const ulong Reserve = 5 * MemoryPlan.PageSize;

    private readonly PhysicalMemory _machine = new();
    private readonly PhysicalMemory _pool = new();
    private readonly CpuLock _lock = new();
    private PageTable<HostPageFormat>? _tables;
    private PhysicalExtent _firstChunk;
    private byte* _window;
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

    /// <summary>Whether it is just being changed, by whichever CPU: a fault now could leave it half-written.</summary>
    public bool IsChanging => _lock.IsHeld;

    /// <inheritdoc/>
    public override ulong AvailableGuestRam
    {
        get
        {
            _lock.Enter();
            ulong bytes = _machine.FreeBytes;
            _lock.Leave();
            return bytes;
        }
    }

    /// <inheritdoc/>
    public override ulong SpareBytes
    {
        get
        {
            _lock.Enter();
            ulong bytes = _pool.FreeBytes;
            _lock.Leave();
            return bytes;
        }
    }

    /// <inheritdoc/>
    public override ulong OwnBytes
    {
        get
        {
            _lock.Enter();
            ulong bytes = _imageLength + _machine.OwnBytes;
            _lock.Leave();
            return bytes;
        }
    }

    /// <summary>Joins the page tables with the pool that they are made of. Called once, after the tables' root was taken from here.</summary>
    /// <returns>False when a page is missing.</returns>
    public bool TryAttach(PageTable<HostPageFormat> tables)
    {
        _tables = tables.WithPagesFrom(new PoolPages(this));
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
        if (count <= 0)
            return false;
        _lock.Enter();
        bool taken = TryTake((ulong)count * MemoryPlan.PageSize, out ulong address);
        _lock.Leave();
        if (!taken)
            return false;
        // Clearing takes long, and the pages are the caller's alone by now.
        pages = CleanPages(address, count);
        return true;
    }

    /// <inheritdoc/>
    public override void FreePages(in HostPages pages)
    {
        _lock.Enter();
        _pool.FreeOwn(pages.Physical, (ulong)pages.Count * MemoryPlan.PageSize);
        _lock.Leave();
    }

    /// <inheritdoc/>
    public override ulong PhysicalOf(void* address)
    {
        ulong inImage = (ulong)address - MemoryPlan.Image;
        return inImage < _imageLength ? _imageAddress + inImage : (ulong)address - (ulong)_window;
    }

    /// <inheritdoc/>
    public override byte* VirtualOf(ulong physicalAddress) => _window + physicalAddress;

    /// <inheritdoc/>
    public override int AllocateGuestRam(ulong length, Span<PhysicalExtent> extents)
    {
        _lock.Enter();
        int count = _machine.AllocateGuest(length, extents);
        _lock.Leave();
        return count;
    }

    /// <inheritdoc/>
    public override void FreeGuestRam(ReadOnlySpan<PhysicalExtent> extents)
    {
        _lock.Enter();
        _machine.FreeGuest(extents);
        _lock.Leave();
    }

    private HostPages CleanPages(ulong address, int count)
    {
        var pages = new HostPages(VirtualOf(address), address, count);
        new Span<byte>(pages.Virtual, count * HostPages.PageSize).Clear();
        return pages;
    }

    // From here on the lock is held.
    private bool TryTake(ulong length, out ulong address)
    {
        address = 0;
        if (_pool.FreeBytes < length + Reserve && !TryGrow(length))
            return false;
        return _pool.TryAllocateOwn(length, out address) || (TryGrow(length) && _pool.TryAllocateOwn(length, out address));
    }

    private bool TryGrow(ulong length)
    {
        ulong chunk = (length + Reserve + ChunkSize - 1) & ~(ChunkSize - 1);
        if (!_machine.TryAllocateOwn(chunk, out ulong address))
            return false;
        if (_tables == null)
            _firstChunk = new PhysicalExtent(address, chunk);
        else if (!TryMap(address, chunk))
            return false;
        // Not before it is mapped: the tables for it come from the reserve of the old ones.
        _pool.AddFree(address, chunk);
        return true;
    }

    private bool TryMap(ulong address, ulong length) => _tables!.TryMap(
        MemoryPlan.OwnedMemory + address, address, length, new PageAttributes(MemoryAccess.ReadWrite, MemoryType.WriteBack));

    /// <summary>The pool as the tables that map it see it while it grows: the lock is held already, and it does not grow once more.</summary>
    private sealed class PoolPages(HypervisorMemory memory) : PageSource
    {
        public override bool TryAllocatePages(int count, out HostPages pages)
        {
            bool taken = memory._pool.TryAllocateOwn((ulong)count * MemoryPlan.PageSize, out ulong address);
            pages = taken ? memory.CleanPages(address, count) : default;
            return taken;
        }

        public override void FreePages(in HostPages pages) => memory._pool.FreeOwn(pages.Physical, (ulong)pages.Count * MemoryPlan.PageSize);

        public override byte* VirtualOf(ulong physicalAddress) => memory.VirtualOf(physicalAddress);
    }
}
