using System;
using Lamina.Core;

namespace Lamina.Host;

/// <summary>
/// The host's own page tables, by the plan of <see cref="MemoryPlan"/>: the image by its sections (never writable and executable), stacks with guard
/// pages, memory that the hypervisor owns, and device registers on request. Nothing else, and nothing in the lower half.
/// </summary>
public sealed unsafe class HostAddressSpace
{
    private const ulong PageMask = MemoryPlan.PageSize - 1;
    private const int FirstSharedRootEntry = MemoryPlan.GuestSlotRootEntry + 1;
    private const int RootEntries = 512;
    private const int RootEntryShift = 39;
    private const int HugePageLevel = 3;
    private const int LargePageLevel = 2;

    private readonly HypervisorMemory _memory;
    private readonly PageTable<HostPageFormat> _tables;
    private readonly int _largestPageLevel;
    private int _stacks;

    private HostAddressSpace(HypervisorMemory memory, PageTable<HostPageFormat> tables, int largestPageLevel)
    {
        _memory = memory;
        _tables = tables;
        _largestPageLevel = largestPageLevel;
    }

    /// <summary>HPA of the root table.</summary>
    public ulong Root => _tables.Root;

    /// <summary>Makes the tables, with the image mapped; they are not loaded yet.</summary>
    /// <returns>Null when there is no memory, or the image's sections are not as they should be.</returns>
    public static HostAddressSpace? Create(HypervisorMemory memory, bool hugePages, in ImageHeader image, ulong imageAddress)
    {
        int largest = hugePages ? HugePageLevel : LargePageLevel;
        var tables = PageTable<HostPageFormat>.Create(memory, largest);
        if (tables == null || !memory.TryAttach(tables))
            return null;
        var space = new HostAddressSpace(memory, tables, largest);
        return space.TryMapImage(image, imageAddress) ? space : null;
    }

    /// <summary>Makes memory of firmware's or a loaded file readable at <see cref="MemoryPlan.OwnedMemory"/> + HPA, whole pages around the range.</summary>
    public bool TryMapReadOnly(ulong address, ulong length, out byte* start) =>
        TryMap(MemoryPlan.OwnedMemory, address, length, new PageAttributes(MemoryAccess.Read, MemoryType.WriteBack), out start);

    /// <summary>Makes memory that is neither the hypervisor's pool's nor a guest's writable, where <see cref="TryMapReadOnly"/> would have it.</summary>
    public bool TryMapMemory(ulong address, ulong length, out byte* start) =>
        TryMap(MemoryPlan.OwnedMemory, address, length, new PageAttributes(MemoryAccess.ReadWrite, MemoryType.WriteBack), out start);

    /// <summary>Makes device registers usable, uncached, at <see cref="MemoryPlan.DeviceMemory"/> + HPA, whole pages around the range.</summary>
    public bool TryMapDevice(ulong address, ulong length, out byte* start) =>
        TryMap(MemoryPlan.DeviceMemory, address, length, new PageAttributes(MemoryAccess.ReadWrite, MemoryType.Uncached), out start);

    /// <summary>Makes a framebuffer usable, write-combining, where <see cref="TryMapDevice"/> would have it.</summary>
    public bool TryMapFramebuffer(ulong address, ulong length, out byte* start) =>
        TryMap(MemoryPlan.DeviceMemory, address, length, new PageAttributes(MemoryAccess.ReadWrite, MemoryType.WriteCombining), out start);

    /// <summary>Makes a stack with an unmapped page below it.</summary>
    /// <param name="size">Bytes, whole pages.</param>
    /// <returns>The HVA behind its last byte, or 0 when there is no memory.</returns>
    public ulong CreateStack(ulong size)
    {
        ulong bottom = MemoryPlan.Stacks + ((ulong)_stacks * MemoryPlan.StackSpacing) + MemoryPlan.PageSize;
        if (!_memory.TryAllocatePages((int)(size / MemoryPlan.PageSize), out HostPages pages))
            return 0;
        if (!_tables.TryMap(bottom, pages.Physical, size, new PageAttributes(MemoryAccess.ReadWrite, MemoryType.WriteBack)))
            return 0;
        _stacks++;
        return bottom + size;
    }

    /// <summary>
    /// Whatever the hypervisor comes to own below <paramref name="end"/> (HPA) will be in the tables of all VMs, those that are made before it too: its pool takes memory where there is some. At boot, before the
    /// first <see cref="CreateForVm"/>.
    /// </summary>
    /// <returns>False when there is no memory, a page for each 512 GiB.</returns>
    public bool TryReserve(ulong end)
    {
        for (ulong address = 0; address < Math.Min(end, MemoryPlan.PhysicalWindowSize); address += 1UL << RootEntryShift)
            if (!_tables.TryReserve(MemoryPlan.OwnedMemory + address)) return false;
        return true;
    }

    /// <summary>
    /// The host's tables for one VM: the same as these, but its own <see cref="MemoryPlan.GuestSlot"/>. What is mapped later in a 512 GiB where nothing
    /// is mapped now, nor was reserved, is not in it, so map all devices before.
    /// </summary>
    /// <returns>Null when there is no memory.</returns>
    public PageTable<HostPageFormat>? CreateForVm()
    {
        var tables = PageTable<HostPageFormat>.Create(_memory, _largestPageLevel);
        if (tables == null)
            return null;
        for (int i = FirstSharedRootEntry; i < RootEntries; i++)
            tables.TryShare(_tables, (ulong)i << RootEntryShift);
        return tables;
    }

    private bool TryMapImage(in ImageHeader image, ulong imageAddress)
    {
        var headers = new PageAttributes(MemoryAccess.Read, MemoryType.WriteBack);
        if (!_tables.TryMap(MemoryPlan.Image, imageAddress, MemoryPlan.PageSize, headers))
            return false;
        for (int i = 0; i < image.SectionCount; i++)
        {
            ImageSection section = image.Section(i);
            bool fits = section.Start % MemoryPlan.PageSize == 0 && (ulong)section.Start + section.Length <= image.ImageLength;
            if (!fits || (section.Access & (MemoryAccess.Write | MemoryAccess.Execute)) == (MemoryAccess.Write | MemoryAccess.Execute))
                return false;
            ulong length = (section.Length + PageMask) & ~PageMask;
            var attributes = new PageAttributes(section.Access, MemoryType.WriteBack);
            if (!_tables.TryMap(MemoryPlan.Image + section.Start, imageAddress + section.Start, length, attributes))
                return false;
        }

        return true;
    }

    private bool TryMap(ulong window, ulong address, ulong length, PageAttributes attributes, out byte* start)
    {
        start = null;
        if (length == 0 || address >= MemoryPlan.PhysicalWindowSize || length > MemoryPlan.PhysicalWindowSize - address)
            return false;
        ulong first = address & ~PageMask;
        ulong end = (address + length + PageMask) & ~PageMask;
        if (!_tables.TryMap(window + first, first, end - first, attributes))
            return false;

        // What was mapped otherwise before must not be remembered.
        if (Instructions.ReadCr3() == _tables.Root)
            Instructions.WriteCr3(_tables.Root);
        start = (byte*)(window + address);
        return true;
    }
}
